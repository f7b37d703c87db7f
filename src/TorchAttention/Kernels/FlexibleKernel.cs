using TorchSharp;
using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>
/// Soft attention on the CPU by <see cref="FlexAttention"/>: with dropout, with weights, under any mask. There is no second
/// derivative.
/// </summary>
internal sealed class FlexibleKernel : Kernel
{
    /// <summary>Softmax over a product, with at most a sink or a cap, in float32 or bfloat16 on the CPU, and no bias.</summary>
    internal static bool Takes(KernelCall call) =>
        call is { Normalizer: Softmax, Inputs.Bias: null }
        && call.Inputs.Query is { device_type: DeviceType.CPU, dtype: ScalarType.Float32 or ScalarType.BFloat16 }
        && call.Inputs.Query.numel() > 0 && call.Inputs.Key.numel() > 0 && call.Inputs.Value.numel() > 0
        && call.Product is not null;

    internal override AttentionOutput Attend(KernelCall call)
    {
        var pairs = call.Inputs.Pairs;
        var four = new FourDimensions(call.Inputs);
        var allowed = pairs?.Table is { } table ? four.To(table) : null;
        return (pairs?.IsBand ?? false, allowed) switch
        {
            (false, null) => Attend(call, four, default(NoModification)),
            (true, null) => Attend(call, four, new BandModification(pairs!.Low, pairs.High)),
            (false, { } flags) => Attend(call, four, new AllowModification(flags)),
            (true, { } flags) => Attend(
                call, four, new Both<BandModification, AllowModification>(new(pairs!.Low, pairs.High), new(flags))),
        };
    }

    private static AttentionOutput Attend<TModification>(KernelCall call, FourDimensions four, TModification modification)
        where TModification : struct, IScoreModification
    {
        var (query, scale) = call.Product!.Value;
        var (queries, keys, values) = (four.Expand(query), four.Expand(call.Inputs.Key), four.Expand(call.Inputs.Value));
        var options = new FlexOptions { Scale = scale, Dropout = call.Dropout };
        if (!call.Inputs.NeedWeights)
            return new AttentionOutput(four.Back(FlexAttention.Attend(queries, keys, values, modification, options)), null);
        var (context, weights, _) = FlexAttention.AttendInFull(queries, keys, values, modification, options);
        return new AttentionOutput(four.Back(context), four.Back(weights));
    }
}
