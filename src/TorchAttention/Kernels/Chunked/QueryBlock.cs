using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>Some rows of the (…, l, s) matrix and the keys that they may attend to: what a kernel works on at a time.</summary>
/// <param name="Items">Which of the first dimension, where there are four.</param>
/// <param name="Queries">Which queries.</param>
/// <param name="Keys">Which keys.</param>
/// <param name="AllQueries">l.</param>
internal readonly record struct QueryBlock(QueryBlock.Part Items, QueryBlock.Part Queries, QueryBlock.Part Keys, long AllQueries)
{
    /// <summary>How much larger a key index minus query index is in the whole than counted within the block.</summary>
    internal long Offset => Keys.First - Queries.First;

    /// <summary>The part of <see cref="AttentionCall.Tensors"/>, or of others of their shapes, as views.</summary>
    internal Tensor?[] Of(IReadOnlyList<Tensor?> tensors) =>
    [
        Of(tensors[0], OfQueries), Of(tensors[1], OfKeys), Of(tensors[2], OfKeys), Of(tensors[3], OfDistances),
        Of(tensors[4], OfPairs), Of(tensors[5], OfPairs), Of(tensors[6], OfPairs),
    ];

    /// <summary>Of (…, l, ·).</summary>
    internal Tensor OfQueries(Tensor tensor) => Queries.Of(OfItems(tensor), -2);

    /// <summary>Of what broadcasts to (…, l, s).</summary>
    internal Tensor OfPairs(Tensor tensor)
    {
        var items = OfItems(tensor);
        var rows = tensor.dim() < 2 || tensor.size(-2) == 1 ? items : Queries.Of(items, -2);
        return tensor.dim() < 1 || tensor.size(-1) == 1 ? rows : Keys.Of(rows, -1);
    }

    /// <summary>Of (…, s, ·).</summary>
    private Tensor OfKeys(Tensor tensor) => Keys.Of(OfItems(tensor), -2);

    /// <summary>Of numbers for the distances -l … s - 1: for -Queries … Keys - 1 within the block.</summary>
    private Tensor OfDistances(Tensor tensor) => new Part(AllQueries - Queries.Count + Offset, Queries.Count + Keys.Count).Of(tensor, -1);

    private Tensor OfItems(Tensor tensor) => tensor.dim() < 4 || tensor.size(0) == 1 ? tensor : Items.Of(tensor, 0);

    private static Tensor? Of(Tensor? tensor, Func<Tensor, Tensor> part) => tensor is null ? null : part(tensor);

    /// <summary>Neighbours in one dimension.</summary>
    internal readonly record struct Part(long First, long Count)
    {
        internal Tensor Of(Tensor tensor, long dimension) => tensor.narrow(dimension, First, Count);
    }
}
