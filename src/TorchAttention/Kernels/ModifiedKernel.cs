using TorchSharp;
using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>
/// What runs on <see cref="FlexAttention"/>: cap, biases and the pairs that may meet become modifications of the scores, one after
/// the other, as types that the kernel is compiled for.
/// </summary>
internal abstract class ModifiedKernel : Kernel
{
    /// <summary>A product in float32 or bfloat16 on the CPU.</summary>
    private protected static bool TakesScores(KernelCall call) =>
        call.Inputs.Query is { device_type: DeviceType.CPU, dtype: ScalarType.Float32 or ScalarType.BFloat16 }
        && call.Inputs.Query.numel() > 0 && call.Inputs.Key.numel() > 0 && call.Inputs.Value.numel() > 0
        && call.Inputs.Query.size(-2) <= FlexGuard.MostKeys && call.Inputs.Key.size(-2) <= FlexGuard.MostKeys
        && !(call.Inputs.Pairs?.TableSize > int.MaxValue)
        && call.Inputs.Added?.Rest is null
        && call.Product is not null;

    internal sealed override AttentionOutput Attend(KernelCall call) => call.Cap is { } cap
        ? AttendBiased(call, new SoftcapModification(cap))
        : AttendBiased(call, default(NoModification));

    private AttentionOutput AttendBiased<TModification>(KernelCall call, TModification before)
        where TModification : struct, IScoreModification => call.Inputs.Added?.Diagonals is { } diagonals
        ? AttendInBand(call, new Both<TModification, DiagonalModification>(before, new(diagonals)))
        : AttendInBand(call, before);

    private AttentionOutput AttendInBand<TModification>(KernelCall call, TModification before)
        where TModification : struct, IScoreModification => call.Inputs.Pairs is { IsBand: true } pairs
        ? AttendAllowed(call, new Both<TModification, BandModification>(before, new(pairs.Low, pairs.High)))
        : AttendAllowed(call, before);

    private AttentionOutput AttendAllowed<TModification>(KernelCall call, TModification before)
        where TModification : struct, IScoreModification => call.Inputs.Pairs?.Table is { } allowed
        ? Attend(call, new Both<TModification, AllowModification>(before, new(call.Four.To(allowed))))
        : Attend(call, before);

    private protected abstract AttentionOutput Attend<TModification>(KernelCall call, TModification modification)
        where TModification : struct, IScoreModification;
}
