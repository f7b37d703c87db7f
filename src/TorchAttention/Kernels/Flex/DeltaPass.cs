using System.Runtime.CompilerServices;

namespace TorchAttention;

/// <summary>
/// The softmax's own share of the gradient, a number per row: δ = Σ context · gradient, which is Σ weight · gradient of weight
/// without the sum over keys (Dao et al., 2022). A task is a head of a batch item.
/// </summary>
internal sealed unsafe class DeltaPass(BackwardCall call) : Work
{
    private readonly FlexCall forward = call.Forward;

    internal override int Tasks => forward.Batch * forward.Heads;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal override void Do(int task, int worker)
    {
        var (batch, head) = Math.DivRem(task, forward.Heads);
        var size = forward.ValueSize;
        var buffer = new float[2 * size];
        var sink = 0.0;
        fixed (float* context = buffer)
        {
            var gradient = context + size;
            for (var query = 0; query < forward.Queries; query++)
            {
                call.Context.Load(batch, head, query, 1, 1, 1, context, size);
                call.GradContext.Load(batch, head, query, 1, 1, 1, gradient, size);
                var row = forward.Row(batch, head, query);
                var power = forward.Power[row];
                var delta = Dot(context, gradient, size) + WeightsShare(batch, head, query);
                if (call.GradLogSumExp is not null) delta -= call.GradLogSumExp[row];
                // An empty row has no weights: whatever its gradient is, nothing comes of it.
                call.Delta[row] = float.IsPositiveInfinity(power) ? 0 : delta;
                if (forward.Sink is not null && !float.IsPositiveInfinity(power))
                    sink -= Math.Pow(2, forward.Sink[head] * (double)LanesMath.Log2E - power) * forward.Share[row] * delta;
            }
        }
        if (call.GradSink is not null) call.GradSink[task] = sink;
    }

    private float WeightsShare(int batch, int head, int query)
    {
        var gradient = forward.RowOf(call.GradWeights, batch, head, query);
        return gradient is null ? 0 : Dot(forward.RowOf(forward.Weights, batch, head, query), gradient, forward.Keys);
    }

    /// <summary>Where a weight is zero its gradient does not matter.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Dot(float* left, float* right, int count)
    {
        var sum = 0.0;
        for (var j = 0; j < count; j++)
            if (left[j] != 0) sum += (double)left[j] * right[j];
        return (float)sum;
    }
}
