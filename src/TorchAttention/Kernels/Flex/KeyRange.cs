namespace TorchAttention;

/// <summary>Some successive keys of a tile, and what the modification does to their scores with a block of queries.</summary>
/// <param name="First">The first key.</param>
/// <param name="Count">How many.</param>
/// <param name="Kind">What becomes of their scores.</param>
/// <param name="Plain">Where, counted from the first, whole vectors begin whose scores stay as they are.</param>
/// <param name="PlainEnd">Where those end.</param>
internal readonly record struct KeyRange(int First, int Count, TileKind Kind, int Plain, int PlainEnd)
{
    /// <summary>Keys that are all of one kind.</summary>
    internal static KeyRange Whole<TLanes>(int first, int count, TileKind kind)
        where TLanes : struct, ILanes<TLanes> =>
        new(first, count, kind, 0, kind == TileKind.Unchanged ? count / TLanes.Count * TLanes.Count : 0);

    /// <summary>
    /// The keys from <paramref name="first"/> on without those at either end that no query of the block may attend to, a panel at a
    /// time: the edges of a causal mask or a window are finer than a tile. What is plain is told as finely.
    /// </summary>
    internal static KeyRange Of<TLanes, TModification>(
        FlexCall call, in TModification modification, int batch, int head, int query, int queries, int first, int count)
        where TLanes : struct, ILanes<TLanes>
        where TModification : struct, IScoreModification
    {
        var kind = Kind(modification, first, count);
        if (kind != TileKind.Modified || !Traits<TModification>.HasKinds) return Whole<TLanes>(first, count, kind);

        var end = first + count;
        var step = Product<TLanes>.Width;
        while (end - first > step && Kind(modification, first, step) == TileKind.Empty) first += step;
        while (end - first > step)
        {
            var last = first + (end - first - 1) / step * step;
            if (Kind(modification, last, end - last) != TileKind.Empty) break;
            end = last;
        }
        if (end - first < count) kind = Kind(modification, first, end - first);
        if (kind == TileKind.Unchanged) return Whole<TLanes>(first, end - first, kind);

        var plain = first;
        while (end - plain >= step && Kind(modification, plain, step) != TileKind.Unchanged) plain += step;
        var plainEnd = plain;
        while (end - plainEnd >= step && Kind(modification, plainEnd, step) == TileKind.Unchanged) plainEnd += step;
        return new KeyRange(first, end - first, kind, plain - first, plainEnd - first);

        TileKind Kind(in TModification of, int key, int keys) => of.Classify(call.Tile(batch, head, query, queries, key, keys));
    }
}
