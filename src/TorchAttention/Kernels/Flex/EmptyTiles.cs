namespace TorchAttention;

/// <summary>
/// Passes over what a mask leaves empty in strides that double, so that looking for the tiles of a window in a long row costs its
/// logarithm: one look at every tile would be quadratic in the length, and felt from some hundred thousand keys on.
/// </summary>
internal static class EmptyTiles<TModification>
    where TModification : struct, IScoreModification
{
    /// <summary>The first key, a whole number of panels on, in whose panel a query of the block may attend to something; or s.</summary>
    internal static int NextKey(
        FlexCall call, in TModification modification, int batch, int head, int query, int queries, int key, int panel) =>
        Next(call, modification, batch, head, new(query, queries), key, panel, ofKeys: true);

    /// <summary>The first query, a whole number of blocks on, in whose block one may attend to some of the keys; or l.</summary>
    internal static int NextQuery(
        FlexCall call, in TModification modification, int batch, int head, int key, int keys, int query, int blockSize) =>
        Next(call, modification, batch, head, new(key, keys), query, blockSize, ofKeys: false);

    private static int Next(
        FlexCall call, in TModification modification, int batch, int head, (int First, int Count) others, int from, int step, bool ofKeys)
    {
        var end = ofKeys ? call.Keys : call.Queries;
        var stride = step;
        for (; from < end && IsEmpty(modification); stride *= 2) from += stride;
        // Something is in the last stride: in its first half, or else in the second.
        for (stride /= 2; from < end && stride >= step; stride /= 2)
            if (IsEmpty(modification)) from += stride;
        return Math.Min(from, end);

        bool IsEmpty(in TModification of)
        {
            var count = Math.Min(stride, end - from);
            var tile = ofKeys
                ? call.Tile(batch, head, others.First, others.Count, from, count)
                : call.Tile(batch, head, from, count, others.First, others.Count);
            return of.Classify(tile) == TileKind.Empty;
        }
    }
}
