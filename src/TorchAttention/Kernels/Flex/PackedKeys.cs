namespace TorchAttention;

/// <summary>
/// The keys of all heads, transposed into panels once for all queries, and the values where they do not lie as the kernel reads them.
/// A task is a tile of keys of one head.
/// </summary>
internal sealed unsafe class PackedKeys<TLanes>(FlexCall call, float* memory) : Work
    where TLanes : struct, ILanes<TLanes>
{
    private readonly bool isDirect = call.Value.IsDirect(TLanes.Count);
    private readonly int width = Tiling.RoundUp(call.ValueSize, TLanes.Count);
    private readonly int padded = Tiling.RoundUp(call.Keys, Product<TLanes>.Width);

    internal override int Tasks => call.Batch * call.KeyHeads * Tiles;

    private int Tiles => Tiling.Blocks(call.Keys, Tiling.Keys);

    private float* ValueMemory => memory + (nint)call.Batch * call.KeyHeads * padded * call.Depth;

    /// <summary>The numbers of memory that all keys need.</summary>
    internal static long Size(FlexCall call)
    {
        var size = call.Depth + (call.Value.IsDirect(TLanes.Count) ? 0 : Tiling.RoundUp(call.ValueSize, TLanes.Count));
        return (long)call.Batch * call.KeyHeads * Tiling.RoundUp(call.Keys, Product<TLanes>.Width) * size;
    }

    internal override void Do(int task, int worker)
    {
        var (item, tile) = Math.DivRem(task, Tiles);
        var (batch, head) = Math.DivRem(item, call.KeyHeads);
        var first = tile * Tiling.Keys;
        var keys = Math.Min(Tiling.Keys, call.Keys - first);
        call.Key.Pack(batch, head, first, keys, 1, Start(memory, batch, head, call.Depth) + (nint)first * call.Depth, Product<TLanes>.Width);
        if (!isDirect)
            call.Value.Load(batch, head, first, keys, keys, 1, Start(ValueMemory, batch, head, width) + (nint)first * width, width);
    }

    /// <summary>(d, keys) from a key on, the first of a panel.</summary>
    internal Right Keys(int batch, int head, int key) =>
        Right.Packed<TLanes>(Start(memory, batch, head, call.Depth) + (nint)key * call.Depth, call.Depth);

    /// <summary>(keys, e) from a key on.</summary>
    internal Right Values(int batch, int head, int key) => isDirect
        ? Right.RowMajor<TLanes>(call.Value.Direct(batch, head, key), call.Value.DirectStride)
        : Right.RowMajor<TLanes>(Start(ValueMemory, batch, head, width) + (nint)key * width, width);

    private float* Start(float* start, int batch, int head, int size) =>
        start + ((nint)batch * call.KeyHeads + head) * padded * size;
}
