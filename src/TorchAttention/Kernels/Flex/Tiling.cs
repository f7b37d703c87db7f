namespace TorchAttention;

/// <summary>How scores are cut into tiles: sizes that six rows and two vectors of any width divide.</summary>
internal static class Tiling
{
    /// <summary>The most queries of a tile.</summary>
    internal const int Queries = 96;

    /// <summary>The keys of a tile: as many as keep a worker's memory within the second-level cache.</summary>
    internal const int Keys = 192;

    internal static int RoundUp(int number, int multiple) => Blocks(number, multiple) * multiple;

    internal static int Blocks(int number, int size) => (number + size - 1) / size;

    /// <summary>Queries per block, at most: blocks of one size, so that no thread waits for a straggler.</summary>
    internal static int Even(int queries, int most = Queries) =>
        RoundUp(Math.Max(1, Blocks(queries, Math.Max(1, Blocks(queries, most)))), Product<Lanes32>.Rows);

    /// <summary>Queries per block under a modification: fewer for a mask, whose edges are then followed more closely.</summary>
    internal static int BlockSize<TModification>(int queries)
        where TModification : struct, IScoreModification =>
        Even(queries, Traits<TModification>.HasKinds ? Queries / 2 : Queries);
}
