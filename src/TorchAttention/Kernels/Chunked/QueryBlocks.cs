using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>How a call is cut into blocks: first into items of the batch, then each item into rows.</summary>
internal static class QueryBlocks
{
    /// <summary>A block has no fewer queries, or its products would be slow.</summary>
    internal const long LeastQueries = 32;

    /// <summary>The queries of a block of a narrow band: more would meet more keys that most of them cannot reach.</summary>
    private const long BandQueries = 128;

    /// <summary>The blocks; queries without any key are in none of them.</summary>
    /// <param name="call">The call.</param>
    /// <param name="size">The bytes of a block's scores.</param>
    internal static IEnumerable<QueryBlock> Of(KernelCall call, long size)
    {
        var (l, s) = (call.Inputs.Query.size(-2), call.Inputs.Key.size(-2));
        var (low, high) = Reach(call);
        var (allItems, row) = (Items(call), Row(call));
        if (!HaveItems(call)) row *= allItems;
        var rows = Math.Clamp(size / row, Math.Min(LeastQueries, l), l);
        if (high - low + 1 < s) rows = Math.Min(rows, Math.Max(BandQueries, (high - low) / 2));
        var items = !HaveItems(call) ? allItems : rows == l ? Math.Clamp(size / (row * l), 1, allItems) : 1;
        for (var item = 0L; item < allItems; item += items)
            for (var first = 0L; first < l; first += rows)
            {
                var count = Math.Min(rows, l - first);
                var (firstKey, end) = (Math.Max(0, first + low), Math.Min(s, first + count + high));
                if (firstKey < end)
                    yield return new QueryBlock(new(item, Math.Min(items, allItems - item)), new(first, count), new(firstKey, end - firstKey), l);
            }
    }

    /// <summary>The bytes of all scores, or of what they are computed from.</summary>
    internal static long Size(KernelCall call) => Items(call) * call.Inputs.Query.size(-2) * Row(call);

    /// <summary>The least and the largest key index minus query index.</summary>
    private static (long Low, long High) Reach(KernelCall call) => call.Inputs.Pairs is { } pairs
        ? (pairs.Low, pairs.High)
        : (1 - call.Inputs.Query.size(-2), call.Inputs.Key.size(-2) - 1);

    /// <summary>Whether each item has scores of its own; without, those of all are the same and are not to be cut.</summary>
    private static bool HaveItems(KernelCall call) => Math.Max(Size(call.Inputs.Query), Size(call.Inputs.Key)) == Items(call);

    private static long Size(Tensor tensor) => tensor.dim() < 4 ? 1 : tensor.size(0);

    /// <summary>The first of four dimensions; with fewer, the first may be the heads', which parameters may tell apart.</summary>
    private static long Items(KernelCall call) => Leading(call) is { Count: 2 } leading ? leading[0] : 1;

    /// <summary>The bytes of one row of an item.</summary>
    private static long Row(KernelCall call)
    {
        var (low, high) = Reach(call);
        var keys = Math.Min(call.Inputs.Key.size(-2), high - low + BandQueries);
        return Leading(call).LastOrDefault(1) * keys * call.Score.Breadth(call.Inputs.Key) * call.Inputs.Query.element_size();
    }

    private static IReadOnlyList<long> Leading(KernelCall call) =>
        AttentionShape.Of(call.Inputs.Query, call.Inputs.Key, call.Inputs.Value).Batch;
}
