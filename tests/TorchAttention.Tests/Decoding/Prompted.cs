using TorchAttention.Tests.Support;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Decoding;

/// <summary>Multi-head attention that decodes: in one go under a causal mask, and in chunks with a cache.</summary>
internal static class Prompted
{
    /// <summary>Without those that read how long the sentence will be.</summary>
    internal static readonly IReadOnlyList<Kind> Kinds =
        [.. MultiHeadKinds.All.Where(kind => !kind.Is(Traits.ReadsLength | Traits.Chained))];

    internal static readonly long[][] Chunkings = [[1, 1, 1, 1, 1, 1, 1], [3, 1, 2, 1], [7]];

    internal static MultiHeadAttention Build(Kind kind, ScalarType dtype = ScalarType.Float64) => (MultiHeadAttention)kind.Build(dtype);

    /// <summary>As many keys as queries.</summary>
    internal static Inputs Inputs(Kind kind, long[] leading) => kind.Inputs(leading, queries: Sizes.Keys, keys: Sizes.Keys);

    internal static Inputs Slice(Inputs inputs, long start, long length) => inputs.Map(tensor => tensor.narrow(-2, start, length));

    /// <summary>The contexts of all chunks, one after the other, and the weights of the last.</summary>
    internal static (Tensor Context, Tensor Weights) Decode(
        MultiHeadAttention attention, Inputs inputs, KeyValueCache cache, long[] chunks, Func<long, long, AttentionMask?>? mask = null)
    {
        var (contexts, weights, start) = (new List<Tensor>(), (Tensor?)null, 0L);
        foreach (var chunk in chunks)
        {
            var (query, key, value) = Slice(inputs, start, chunk);
            (var context, weights) = attention.Attend(query, key, value, cache, mask?.Invoke(start, chunk));
            contexts.Add(context);
            start += chunk;
        }
        return (cat(contexts, -2), weights!);
    }
}
