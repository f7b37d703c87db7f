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
        switch (Machine.Lanes)
        {
            case 16:
                Forward<Lanes512>(call, modification, context);
                break;
            case 8:
                Forward<Lanes256>(call, modification, context);
                break;
            case 4:
                Forward<Lanes128>(call, modification, context);
                break;
            default:
                Forward<Lanes32>(call, modification, context);
                break;
        }
    }

    /// <summary>Fills context and choices of hard attention.</summary>
    internal static void Choose(FlexCall call, TModification modification, Tensor context, Tensor choices)
    {
        using var scope = NewDisposeScope();
        switch (Machine.Lanes)
        {
            case 16:
                Choose<Lanes512>(call, modification, context, choices);
                break;
            case 8:
                Choose<Lanes256>(call, modification, context, choices);
                break;
            case 4:
                Choose<Lanes128>(call, modification, context, choices);
                break;
            default:
                Choose<Lanes32>(call, modification, context, choices);
                break;
        }
    }

    /// <summary>Fills the gradients.</summary>
    internal static void Backward(BackwardCall call, TModification modification)
    {
        using var scope = NewDisposeScope();
        switch (Machine.Lanes)
        {
            case 16:
                Backward<Lanes512>(call, modification);
                break;
            case 8:
                Backward<Lanes256>(call, modification);
                break;
            case 4:
                Backward<Lanes128>(call, modification);
                break;
            default:
                Backward<Lanes32>(call, modification);
                break;
        }
    }

    private static void Forward<TLanes>(FlexCall call, TModification modification, Tensor context)
        where TLanes : struct, ILanes<TLanes>
    {
        var threads = Threads(call);
        if (DecodePass<TLanes, TModification>.Suits(call))
        {
            var partial = Memory(DecodePass<TLanes, TModification>.PartialSize(call));
            var memory = Memory((long)threads * DecodePass<TLanes, TModification>.ScratchSize(call));
            var pass = new DecodePass<TLanes, TModification>(call, modification, Strided.Of(context), partial, memory);
            Workers.Run(pass, threads);
            pass.Finish();
            return;
        }
        var packed = Pack<TLanes>(call, threads);
        var scratch = Memory((long)threads * ForwardPass<TLanes, TModification>.ScratchSize(call));
        Workers.Run(new ForwardPass<TLanes, TModification>(call, modification, packed, Strided.Of(context), scratch), threads);
    }

    private static void Choose<TLanes>(FlexCall call, TModification modification, Tensor context, Tensor choices)
        where TLanes : struct, ILanes<TLanes>
    {
        var threads = Threads(call);
        var packed = Pack<TLanes>(call, threads);
        var scratch = Memory((long)threads * HardPass<TLanes, TModification>.ScratchSize(call));
        Workers.Run(
            new HardPass<TLanes, TModification>(
                call, modification, packed, Strided.Of(context), (long*)Strided.Pointer(choices), scratch),
            threads);
    }

    /// <summary>One where the work is done before a helper has woken up, as in a decoder's step on a short sentence.</summary>
    private static int Threads(FlexCall call)
    {
        const long leastPerHelper = 1_500_000; // multiplications and additions: some fifty microseconds
        var operations = 2L * call.Batch * call.Heads * call.Queries * call.Keys * (call.Depth + call.ValueSize);
        return operations < leastPerHelper ? 1 : get_num_threads();
    }

    private static PackedKeys<TLanes> Pack<TLanes>(FlexCall call, int threads)
        where TLanes : struct, ILanes<TLanes>
    {
        var packed = new PackedKeys<TLanes>(call, Memory(PackedKeys<TLanes>.Size(call)));
        Workers.Run(packed, threads);
        return packed;
    }

    private static void Backward<TLanes>(BackwardCall call, TModification modification)
        where TLanes : struct, ILanes<TLanes>
    {
        var threads = Threads(call.Forward);
        Workers.Run(new DeltaPass(call), threads);
        var scratch = Memory((long)threads * BackwardPass<TLanes, TModification>.ScratchSize(call.Forward));
        Workers.Run(new BackwardPass<TLanes, TModification>(call, modification, scratch), threads);
    }

    /// <summary>Numbers at a cache line's start, till the dispose scope ends.</summary>
    private static float* Memory(long count) =>
        (float*)Strided.Pointer(empty(count, dtype: ScalarType.Float32, device: CPU));
}
