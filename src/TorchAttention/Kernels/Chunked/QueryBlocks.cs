using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>How a call is cut into blocks: into items of the batch, each item into heads, and each head into rows.</summary>
/// <remarks>In that order, since rows add to the gradients of the same keys, block by block.</remarks>
internal sealed class QueryBlocks
{
    /// <summary>A block has no fewer queries, or its products would be slow.</summary>
    internal const long LeastQueries = 32;

    /// <summary>The queries of a block of a narrow band: more would meet more keys that most of them cannot reach.</summary>
    private const long BandQueries = 128;

    private readonly long items;
    private readonly long heads;
    private readonly long queries;
    private readonly long keys;
    private readonly long low; // the least key index minus query index
    private readonly long high;
    private readonly long row; // the bytes of a row of one head
    private readonly bool areItemsApart;
    private readonly bool areHeadsApart;

    internal QueryBlocks(KernelCall call)
    {
        var (query, key) = (call.Inputs.Query, call.Inputs.Key);
        var leading = AttentionShape.Of(query, key, call.Inputs.Value).Batch;
        (items, heads) = (leading.Count > 1 ? leading[0] : 1, leading.Count > 0 ? leading[^1] : 1);
        (queries, keys) = (query.size(-2), key.size(-2));
        (low, high) = call.Inputs.Pairs is { } pairs ? (pairs.Low, pairs.High) : (1 - queries, keys - 1);
        row = Math.Min(keys, high - low + BandQueries) * call.Score.Breadth(key) * query.element_size();
        // Where only the values differ all have the same scores, which are not to be cut.
        areItemsApart = Common(query, key, -4) == items;
        areHeadsApart = Common(query, key, -3) == heads && call.Normalizer.parameters().All(parameter => parameter.numel() == 1);
    }

    /// <summary>The bytes of all scores, or of what they are computed from.</summary>
    internal long Size => items * heads * queries * row;

    /// <summary>The blocks; queries without any key are in none of them.</summary>
    /// <param name="size">The bytes of a block's scores.</param>
    internal IEnumerable<QueryBlock> Of(long size)
    {
        var head = (areItemsApart ? 1 : items) * (areHeadsApart ? 1 : heads) * row;
        var count = Math.Clamp(size / head, Math.Min(LeastQueries, queries), queries);
        if (high - low + 1 < keys) count = Math.Min(count, Math.Max(BandQueries, (high - low) / 2));
        var together = Math.Max(1, size / (head * count));
        var headCount = areHeadsApart ? Math.Min(together, heads) : heads;
        var itemCount = areItemsApart ? Math.Clamp(together / (areHeadsApart ? heads : 1), 1, items) : items;
        return
            from item in QueryBlock.Part.Cut(items, itemCount)
            from some in QueryBlock.Part.Cut(heads, headCount)
            from rows in QueryBlock.Part.Cut(queries, count)
            let first = Math.Max(0, rows.First + low)
            let end = Math.Min(keys, rows.End + high)
            where first < end
            select new QueryBlock(item, some, rows, new(first, end - first), queries);
    }

    private static long Common(Tensor left, Tensor right, int dimension) => Math.Max(SizeOf(left, dimension), SizeOf(right, dimension));

    private static long SizeOf(Tensor tensor, int dimension) => tensor.dim() + dimension < 0 ? 1 : tensor.size(dimension);
}
