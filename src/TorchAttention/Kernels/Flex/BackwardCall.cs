namespace TorchAttention;

/// <summary>What backward needs beside the call that forward had.</summary>
internal sealed unsafe class BackwardCall
{
    internal required FlexCall Forward { get; init; }

    /// <summary>(b, h, l, e).</summary>
    internal required Strided Context { get; init; }

    /// <summary>The gradient of the context (b, h, l, e).</summary>
    internal required Strided GradContext { get; init; }

    /// <summary>The gradient of the weights (b, h, rows, s), float32 and contiguous, or null.</summary>
    internal float* GradWeights { get; init; }

    /// <summary>The gradient of the log-sum-exp (b, h, l), float32 and contiguous, or null.</summary>
    internal float* GradLogSumExp { get; init; }

    /// <summary>(b, h, l): what <see cref="DeltaPass"/> finds.</summary>
    internal required float* Delta { get; init; }

    /// <summary>(chunks, b, h, l, d) in float32: each chunk of keys adds to its own, so that no two threads meet.</summary>
    internal required float* GradQuery { get; init; }

    /// <summary>(b, g, s, d).</summary>
    internal required Strided GradKey { get; init; }

    /// <summary>(b, g, s, e).</summary>
    internal required Strided GradValue { get; init; }

    /// <summary>(b, h): per head of each batch item, or null without a sink.</summary>
    internal double* GradSink { get; init; }

    /// <summary>(tasks, parameters): each task adds to its own, or null without parameters.</summary>
    internal double* GradParameters { get; init; }

    internal int Chunks => ChunksOf(Forward);

    /// <summary>
    /// Into how many parts the keys of a head are cut. It depends on sizes alone, so that the sums have one order on any number of
    /// threads; few heads are cut, for enough tasks to go round.
    /// </summary>
    internal static int ChunksOf(FlexCall call)
    {
        var heads = Math.Max(1, call.Batch * call.KeyHeads);
        return Math.Clamp(Tiling.Blocks(16, heads), 1, Math.Max(1, Tiling.Blocks(call.Keys, 4 * Tiling.Keys)));
    }

    internal static int TasksOf(FlexCall call) => call.Batch * call.KeyHeads * ChunksOf(call);
}
