using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>Some rows of the (l, s) matrix, and the keys that they may attend to: what a kernel works on at a time.</summary>
internal readonly record struct QueryBlock(long FirstQuery, long Queries, long FirstKey, long Keys, long AllQueries)
{
    /// <summary>How much larger a key index minus query index is in the whole than counted within the block.</summary>
    internal long Offset => FirstKey - FirstQuery;

    /// <summary>The part of <see cref="AttentionCall.Tensors"/>, or of others of their shapes, as views.</summary>
    internal Tensor?[] Of(IReadOnlyList<Tensor?> tensors) =>
    [
        Of(tensors[0], OfQueries), Of(tensors[1], OfKeys), Of(tensors[2], OfKeys), Of(tensors[3], OfDistances),
        Of(tensors[4], OfPairs), Of(tensors[5], OfPairs), Of(tensors[6], OfPairs),
    ];

    /// <summary>Of (…, l, ·).</summary>
    internal Tensor OfQueries(Tensor tensor) => tensor.narrow(-2, FirstQuery, Queries);

    /// <summary>Of what broadcasts to (…, l, s).</summary>
    internal Tensor OfPairs(Tensor tensor)
    {
        var rows = tensor.dim() < 2 || tensor.size(-2) == 1 ? tensor : OfQueries(tensor);
        return tensor.dim() < 1 || tensor.size(-1) == 1 ? rows : rows.narrow(-1, FirstKey, Keys);
    }

    /// <summary>Of (…, s, ·).</summary>
    private Tensor OfKeys(Tensor tensor) => tensor.narrow(-2, FirstKey, Keys);

    /// <summary>Of numbers for the distances -l … s - 1: for -Queries … Keys - 1 within the block.</summary>
    private Tensor OfDistances(Tensor tensor) => tensor.narrow(-1, AllQueries - Queries + Offset, Queries + Keys);

    private static Tensor? Of(Tensor? tensor, Func<Tensor, Tensor> part) => tensor is null ? null : part(tensor);
}
