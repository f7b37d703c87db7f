namespace TorchAttention;

/// <summary>The memory of one worker in backward: a tile of keys, a block of queries, and what grows between them.</summary>
internal readonly unsafe ref struct GradientTile<TLanes>
    where TLanes : struct, ILanes<TLanes>
{
    internal GradientTile(float* memory, FlexCall call)
    {
        (KeyWidth, ValueWidth) = (WidthOf(call.Depth), WidthOf(call.ValueSize));
        var queries = Tiling.Even(call.Queries);
        Keys = Take(ref memory, Tiling.Keys * KeyWidth);
        PackedKeys = Take(ref memory, Tiling.Keys * call.Depth);
        PackedValues = Take(ref memory, Tiling.Keys * call.ValueSize);
        ReachedKeys = Take(ref memory, Tiling.Keys * KeyWidth);
        GradKeys = Take(ref memory, Tiling.Keys * KeyWidth);
        GradValues = Take(ref memory, Tiling.Keys * ValueWidth);
        Queries = Take(ref memory, queries * KeyWidth);
        GradContext = Take(ref memory, queries * ValueWidth);
        GradQueries = Take(ref memory, queries * KeyWidth);
        Weights = Take(ref memory, queries * Tiling.Keys);
        GradScores = Take(ref memory, queries * Tiling.Keys);
    }

    /// <summary>d, rounded up to whole vectors.</summary>
    internal int KeyWidth { get; }

    /// <summary>e, rounded up to whole vectors.</summary>
    internal int ValueWidth { get; }

    /// <summary>Rows of d.</summary>
    internal float* Keys { get; }

    /// <summary>Panels (d, keys).</summary>
    internal float* PackedKeys { get; }

    /// <summary>Panels (e, keys).</summary>
    internal float* PackedValues { get; }

    /// <summary>The keys again, zeros for those that no query of the block attends to.</summary>
    internal float* ReachedKeys { get; }

    /// <summary>Rows of d.</summary>
    internal float* GradKeys { get; }

    /// <summary>Rows of e.</summary>
    internal float* GradValues { get; }

    /// <summary>Rows of d, times the scale.</summary>
    internal float* Queries { get; }

    /// <summary>Rows of e.</summary>
    internal float* GradContext { get; }

    /// <summary>Rows of d: what one tile adds.</summary>
    internal float* GradQueries { get; }

    /// <summary>Rows of keys: scores, then weights.</summary>
    internal float* Weights { get; }

    /// <summary>Rows of keys: gradients of weights, then of scores.</summary>
    internal float* GradScores { get; }

    /// <summary>The numbers of memory that a worker needs.</summary>
    internal static int Size(FlexCall call)
    {
        var (key, value, queries) = (WidthOf(call.Depth), WidthOf(call.ValueSize), Tiling.Even(call.Queries));
        return Tiling.Keys * (3 * key + value + call.Depth + call.ValueSize + 2 * queries) + queries * (2 * key + value) + 11 * 16;
    }

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
