using TorchSharp;
using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>What runs on <see cref="FlexAttention"/>: the pairs that may meet become a modification of the scores.</summary>
internal abstract class ModifiedKernel : Kernel
{
    /// <summary>A product in float32 or bfloat16 on the CPU, without a bias.</summary>
    private protected static bool TakesScores(KernelCall call) =>
        call.Inputs is { Bias: null, Query: { device_type: DeviceType.CPU, dtype: ScalarType.Float32 or ScalarType.BFloat16 } }
        && call.Inputs.Query.numel() > 0 && call.Inputs.Key.numel() > 0 && call.Inputs.Value.numel() > 0
        && call.Product is not null;

    internal sealed override AttentionOutput Attend(KernelCall call)
    {
        var (pairs, four) = (call.Inputs.Pairs, new FourDimensions(call.Inputs));
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

    private protected abstract AttentionOutput Attend<TModification>(KernelCall call, FourDimensions four, TModification modification)
        where TModification : struct, IScoreModification;

    private protected static (Tensor Query, Tensor Key, Tensor Value) Expand(KernelCall call, FourDimensions four) =>
        (four.Expand(call.Product!.Value.Query), four.Expand(call.Inputs.Key), four.Expand(call.Inputs.Value));
}
