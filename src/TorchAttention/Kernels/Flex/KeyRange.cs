namespace TorchAttention;

/// <summary>Some successive keys of a tile, and what the modification does to their scores with a block of queries.</summary>
internal readonly record struct KeyRange(int First, int Count, TileKind Kind)
{
    /// <summary>
    /// The keys from <paramref name="first"/> on without those at either end that no query of the block may attend to, a panel at a
    /// time: the edges of a causal mask or a window are finer than a tile.
    /// </summary>
    internal static KeyRange Of<TLanes, TModification>(
        FlexCall call, in TModification modification, int batch, int head, int query, int queries, int first, int count)
        where TLanes : struct, ILanes<TLanes>
        where TModification : struct, IScoreModification
    {
        var kind = Kind(modification, first, count);
        if (kind != TileKind.Modified || !Traits<TModification>.HasKinds) return new KeyRange(first, count, kind);

        var end = first + count;
        var step = Product<TLanes>.Width;
        while (end - first > step && Kind(modification, first, step) == TileKind.Empty) first += step;
        while (end - first > step)
        {
            var last = first + (end - first - 1) / step * step;
            if (Kind(modification, last, end - last) != TileKind.Empty) break;
            end = last;
        }
        return new KeyRange(first, end - first, end - first == count ? kind : Kind(modification, first, end - first));

        TileKind Kind(in TModification of, int key, int keys) => of.Classify(call.Tile(batch, head, query, queries, key, keys));
    }
}
