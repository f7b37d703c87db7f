using System.Runtime.Intrinsics;
using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>Runs the passes at the widest vectors of this machine, on the threads that libtorch is set to.</summary>
internal static unsafe class FlexKernel<TModification>
    where TModification : struct, IScoreModification
{
    /// <summary>Fills the context and what else the call asks for.</summary>
    internal static void Forward(FlexCall call, TModification modification, Tensor context)
    {
        using var scope = NewDisposeScope();
        if (Vector512.IsHardwareAccelerated) Forward<Lanes512>(call, modification, context);
        else if (Vector256.IsHardwareAccelerated) Forward<Lanes256>(call, modification, context);
        else if (Vector128.IsHardwareAccelerated) Forward<Lanes128>(call, modification, context);
        else Forward<Lanes32>(call, modification, context);
    }

    /// <summary>Fills the gradients.</summary>
    internal static void Backward(BackwardCall call, TModification modification)
    {
        using var scope = NewDisposeScope();
        if (Vector512.IsHardwareAccelerated) Backward<Lanes512>(call, modification);
        else if (Vector256.IsHardwareAccelerated) Backward<Lanes256>(call, modification);
        else if (Vector128.IsHardwareAccelerated) Backward<Lanes128>(call, modification);
        else Backward<Lanes32>(call, modification);
    }

    private static void Forward<TLanes>(FlexCall call, TModification modification, Tensor context)
        where TLanes : struct, ILanes<TLanes>
    {
        var threads = get_num_threads();
        var packed = new PackedKeys<TLanes>(call, Memory(PackedKeys<TLanes>.Size(call)));
        Workers.Run(packed, threads);
        var scratch = Memory((long)threads * ForwardPass<TLanes, TModification>.ScratchSize(call));
        Workers.Run(new ForwardPass<TLanes, TModification>(call, modification, packed, Strided.Of(context), scratch), threads);
    }

    private static void Backward<TLanes>(BackwardCall call, TModification modification)
        where TLanes : struct, ILanes<TLanes>
    {
        var threads = get_num_threads();
        Workers.Run(new DeltaPass(call), threads);
        var scratch = Memory((long)threads * BackwardPass<TLanes, TModification>.ScratchSize(call.Forward));
        Workers.Run(new BackwardPass<TLanes, TModification>(call, modification, scratch), threads);
    }

    /// <summary>Numbers at a cache line's start, till the dispose scope ends.</summary>
    private static float* Memory(long count) =>
        (float*)Strided.Pointer(empty(count, dtype: ScalarType.Float32, device: CPU));
}
