using System.Runtime.CompilerServices;
using TorchSharp;
using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>Dropout of a contiguous tensor's numbers, a block of them a task.</summary>
internal sealed unsafe class DropoutPass<TLanes>(Dropout dropout, Tensor input, Tensor output) : Work
    where TLanes : struct, ILanes<TLanes>
{
    private const int Block = 1 << 14;

    private readonly bool isHalf = input.dtype == ScalarType.BFloat16;
    private readonly long count = input.numel();
    private readonly byte* source = (byte*)Strided.Pointer(input);
    private readonly byte* target = (byte*)Strided.Pointer(output);

    internal override int Tasks => (int)((count + Block - 1) / Block);

    internal override void Do(int task, int worker)
    {
        var (first, row) = ((long)task * Block, dropout.Row(0, 0, task));
        var end = (int)Math.Min(Block, count - first);
        var whole = end - end % TLanes.Count;
        if (isHalf)
        {
            DropHalves<TLanes>((ushort*)source + first, (ushort*)target + first, row, 0, whole);
            DropHalves<Lanes32>((ushort*)source + first, (ushort*)target + first, row, whole, end);
        }
        else
        {
            Drop<TLanes>((float*)source + first, (float*)target + first, row, 0, whole);
            Drop<Lanes32>((float*)source + first, (float*)target + first, row, whole, end);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Drop<T>(float* from, float* to, uint row, int start, int end)
        where T : struct, ILanes<T>
    {
        var (threshold, factor) = (dropout.Threshold, T.Of(dropout.Factor));
        for (var i = start; i < end; i += T.Count)
            T.Store(T.Where(T.RandomAtLeast(row, (uint)i, threshold), T.Load(from + i) * factor, T.Of(0)), to + i);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void DropHalves<T>(ushort* from, ushort* to, uint row, int start, int end)
        where T : struct, ILanes<T>
    {
        var (threshold, factor) = (dropout.Threshold, T.Of(dropout.Factor));
        for (var i = start; i < end; i += T.Count)
            T.StoreHalf(T.Where(T.RandomAtLeast(row, (uint)i, threshold), T.LoadHalf(from + i) * factor, T.Of(0)), to + i);
    }
}
