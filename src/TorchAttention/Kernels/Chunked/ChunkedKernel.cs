using TorchSharp;
using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>
/// What no other kernel does, in blocks of queries: any score and normalizer of this library, dropout, weights, biases with
/// gradients, on any device. Beside inputs and results only a block is in memory, and of a band only what lies in it.
/// </summary>
/// <remarks>The backward pass computes each block again: a third more work, on numbers that are still in the cache.</remarks>
/// <param name="blockSize">
/// The bytes of a matrix of a block: larger ones are faster, since each adds to the gradients of all its keys, but the allocator gives
/// blocks of 32 MB back to the system.
/// </param>
internal sealed class ChunkedKernel(long blockSize = ChunkedKernel.BlockSize) : Kernel
{
    private const long BlockSize = 16 << 20;

    /// <summary>A block has no fewer queries, or its products would be slow.</summary>
    private const long LeastQueries = 32;

    /// <summary>Calls whose rows do not need each other, and can be computed again.</summary>
    internal static bool Takes(KernelCall call) =>
        call.Inputs.Query.numel() > 0 && call.Inputs.Key.numel() > 0 && call.Inputs.Value.numel() > 0
        && !(call.Inputs.Pairs is { } pairs && pairs.Low > pairs.High)
        && Parts(call.Score).Concat(Parts(call.Normalizer)).All(IsKnown);

    /// <summary>Whether there are enough pairs.</summary>
    internal static bool Pays(KernelCall call) => call.Inputs.Query.size(-2) > LeastQueries && call.Inputs.Query.size(-2) * Row(call) > 4 * BlockSize && Takes(call);

    internal override AttentionOutput Attend(KernelCall call)
    {
        using var scope = NewDisposeScope();
        var seed = call.Dropout > 0 ? (ulong)randint(long.MaxValue, [1], dtype: ScalarType.Int64, device: CPU).item<long>() : 0;
        var chunked = new ChunkedCall(call.Score, call.Normalizer, call.Inputs, [.. Blocks(call)], call.Dropout, seed);
        return (chunked.NeedsGraph ? ChunkedFunction.Attend(chunked) : chunked.Forward()).MoveToOuterDisposeScope();
    }

    /// <summary>Cuts a call up; queries without any key are in none of the blocks.</summary>
    private IEnumerable<QueryBlock> Blocks(KernelCall call)
    {
        var (l, s) = (call.Inputs.Query.size(-2), call.Inputs.Key.size(-2));
        var (low, high) = call.Inputs.Pairs is { } pairs ? (pairs.Low, pairs.High) : (1 - l, s - 1);
        var rows = Math.Max(LeastQueries, blockSize / Row(call));
        for (var first = 0L; first < l; first += rows)
        {
            var count = Math.Min(rows, l - first);
            var (firstKey, end) = (Math.Max(0, first + low), Math.Min(s, first + count + high));
            if (firstKey < end) yield return new QueryBlock(first, count, firstKey, end - firstKey, l);
        }
    }

    /// <summary>The bytes of one row of all matrices.</summary>
    private static long Row(KernelCall call)
    {
        var (query, key, value) = (call.Inputs.Query, call.Inputs.Key, call.Inputs.Value);
        var leading = AttentionShape.Of(query, key, value).Batch.Aggregate(1L, (product, size) => product * size);
        var reach = call.Inputs.Pairs is { } pairs ? Math.Min(key.size(-2), pairs.High - pairs.Low + LeastQueries) : key.size(-2);
        return leading * reach * call.Score.Breadth(key) * query.element_size();
    }

    private static IEnumerable<nn.Module> Parts(nn.Module module) => module.modules().Prepend(module);

    /// <summary>Another's part may compare rows, draw numbers or hold tensors with a graph, and whoever hooks into weights awaits them whole.</summary>
    private static bool IsKnown(nn.Module part) =>
        (part.GetType().Assembly == typeof(ChunkedKernel).Assembly || part.GetType().Assembly == typeof(nn.Module).Assembly)
        && part is not (Gumbel { training: true } or Reinforce { training: true } or Normalizer { IsHooked: true });
}
