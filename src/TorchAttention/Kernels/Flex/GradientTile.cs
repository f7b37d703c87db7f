namespace TorchAttention;

/// <summary>The memory of one worker in backward: a tile of keys, a block of queries, and what grows between them.</summary>
internal readonly unsafe ref struct GradientTile<TLanes>
    where TLanes : struct, ILanes<TLanes>
{
    internal GradientTile(float* memory, FlexCall call)
    {
        (KeyWidth, ValueWidth) = (WidthOf(call.Depth), WidthOf(call.ValueSize));
        var queries = Tiling.Even(call.Queries);
        // Products write whole sixes of rows, from any panel on.
        const int rows = Tiling.Keys + Product<Lanes32>.Rows;
        Keys = Take(ref memory, rows * KeyWidth);
        PackedKeys = Take(ref memory, Tiling.Keys * call.Depth);
        PackedValues = Take(ref memory, Tiling.Keys * call.ValueSize);
        ReachedKeys = Take(ref memory, rows * KeyWidth);
        GradKeys = Take(ref memory, rows * KeyWidth);
        GradValues = Take(ref memory, rows * ValueWidth);
        Queries = Take(ref memory, queries * KeyWidth);
        GradContext = Take(ref memory, queries * ValueWidth);
        GradQueries = Take(ref memory, queries * KeyWidth);
        Weights = Take(ref memory, queries * Tiling.Keys);
        GradScores = Take(ref memory, queries * Tiling.Keys);
        Row = Take(ref memory, 2 * Tiling.Keys);
    }

    /// <summary>d, rounded up to whole vectors.</summary>
    internal int KeyWidth { get; private init; }

    /// <summary>e, rounded up to whole vectors.</summary>
    internal int ValueWidth { get; private init; }

    /// <summary>Rows of d.</summary>
    internal float* Keys { get; private init; }

    /// <summary>Panels (d, keys).</summary>
    internal float* PackedKeys { get; private init; }

    /// <summary>Panels (e, keys).</summary>
    internal float* PackedValues { get; private init; }

    /// <summary>The keys again, zeros for those that no query of the block attends to.</summary>
    internal float* ReachedKeys { get; private init; }

    /// <summary>Rows of d.</summary>
    internal float* GradKeys { get; private init; }

    /// <summary>Rows of e.</summary>
    internal float* GradValues { get; private init; }

    /// <summary>Rows of d, times the scale.</summary>
    internal float* Queries { get; private init; }

    /// <summary>Rows of e.</summary>
    internal float* GradContext { get; private init; }

    /// <summary>Rows of d: what one tile adds.</summary>
    internal float* GradQueries { get; private init; }

    /// <summary>Rows of keys: scores, then weights.</summary>
    internal float* Weights { get; private init; }

    /// <summary>Rows of keys: gradients of weights, then of scores.</summary>
    internal float* GradScores { get; private init; }

    /// <summary>A row of scores as they were, and one of scores as the modification made them.</summary>
    internal float* Row { get; private init; }

    /// <summary>The numbers of memory that a worker needs.</summary>
    internal static int Size(FlexCall call)
    {
        var (key, value, queries) = (WidthOf(call.Depth), WidthOf(call.ValueSize), Tiling.Even(call.Queries));
        var rows = Tiling.Keys + Product<Lanes32>.Rows;
        return rows * (3 * key + value) + Tiling.Keys * (call.Depth + call.ValueSize + 2 * queries + 2) + queries * (2 * key + value) + 12 * 16;
    }

    /// <summary>The same memory for the keys from one on, the first of a panel.</summary>
    internal GradientTile<TLanes> From(int key, FlexCall call) => this with
    {
        Keys = Keys + key * KeyWidth,
        PackedKeys = PackedKeys + key * call.Depth,
        PackedValues = PackedValues + key * call.ValueSize,
        GradKeys = GradKeys + key * KeyWidth,
        GradValues = GradValues + key * ValueWidth,
    };

    internal bool IsFinite(int queries)
    {
        var sum = TLanes.Of(0);
        for (var n = 0; n < queries * KeyWidth; n += TLanes.Count)
            sum = TLanes.MultiplyAdd(TLanes.Load(GradQueries + n), TLanes.Of(0), sum);
        return TLanes.Sum(sum) == 0;
    }

    private static int WidthOf(int size) => Tiling.RoundUp(size, TLanes.Count);

    /// <summary>The next part of the memory, whole cache lines.</summary>
    private static float* Take(ref float* memory, int count)
    {
        var part = memory;
        memory += Tiling.RoundUp(count, 16);
        return part;
    }
}
