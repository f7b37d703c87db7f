using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>Some rows of the (…, l, s) matrix and the keys that they may attend to: what a kernel works on at a time.</summary>
/// <param name="Items">Which of the batch: of the first dimension, where there are four.</param>
/// <param name="Heads">Which of the dimension before the last two, where there is one.</param>
/// <param name="Queries">Which queries.</param>
/// <param name="Keys">Which keys.</param>
/// <param name="AllQueries">l.</param>
internal readonly record struct QueryBlock(
    QueryBlock.Part Items, QueryBlock.Part Heads, QueryBlock.Part Queries, QueryBlock.Part Keys, long AllQueries)
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
    internal Tensor OfQueries(Tensor tensor) => Queries.Of(OfHeads(tensor), -2);

    /// <summary>Of what broadcasts to (…, l, s).</summary>
    internal Tensor OfPairs(Tensor tensor)
    {
        var items = OfHeads(tensor);
        var rows = tensor.dim() < 2 || tensor.size(-2) == 1 ? items : Queries.Of(items, -2);
        return tensor.dim() < 1 || tensor.size(-1) == 1 ? rows : Keys.Of(rows, -1);
    }

    /// <summary>Of (…, s, ·).</summary>
    private Tensor OfKeys(Tensor tensor) => Keys.Of(OfHeads(tensor), -2);

    /// <summary>Of numbers (h, ·) for the distances -l … s - 1: for -Queries … Keys - 1 within the block.</summary>
    private Tensor OfDistances(Tensor tensor)
    {
        var heads = tensor.size(0) == 1 ? tensor : Heads.Of(tensor, 0);
        return new Part(AllQueries - Queries.Count + Offset, Queries.Count + Keys.Count).Of(heads, -1);
    }

    private Tensor OfHeads(Tensor tensor)
    {
        var items = tensor.dim() < 4 || tensor.size(0) == 1 ? tensor : Items.Of(tensor, 0);
        return tensor.dim() < 3 || tensor.size(-3) == 1 ? items : Heads.Of(items, -3);
    }

    private static Tensor? Of(Tensor? tensor, Func<Tensor, Tensor> part) => tensor is null ? null : part(tensor);

    /// <summary>Neighbours in one dimension.</summary>
    internal readonly record struct Part(long First, long Count)
    {
        internal long End => First + Count;

        /// <summary>The whole in parts of a size; the last may be smaller.</summary>
        internal static IEnumerable<Part> Cut(long whole, long size)
        {
            for (var first = 0L; first < whole; first += size) yield return new Part(first, Math.Min(size, whole - first));
        }

        internal Tensor Of(Tensor tensor, long dimension) => tensor.narrow(dimension, First, Count);
    }
}
