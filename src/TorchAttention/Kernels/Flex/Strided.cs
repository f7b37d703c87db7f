using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using TorchSharp;
using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>
/// A tensor (b, h, rows, columns) of float32 or bfloat16 where it lies in memory, with any strides. The tensor must outlive it.
/// </summary>
internal readonly unsafe struct Strided
{
    private readonly byte* data;
    private readonly bool isHalf;

    private Strided(Tensor tensor)
    {
        var strides = tensor.stride();
        data = (byte*)Data(tensor.Handle);
        isHalf = tensor.dtype == ScalarType.BFloat16;
        (Batch, Head, Row, Column) = ((nint)strides[0], (nint)strides[1], (nint)strides[2], (nint)strides[3]);
        Columns = (int)tensor.size(-1);
    }

    internal int Columns { get; }

    private nint Batch { get; }

    private nint Head { get; }

    private nint Row { get; }

    private nint Column { get; }

    internal static Strided Of(Tensor tensor) => new(tensor);

    /// <summary>Where a contiguous tensor's numbers lie.</summary>
    internal static void* Pointer(Tensor? tensor) => tensor is null ? null : (void*)Data(tensor.Handle);

    /// <summary>Whether the kernel may read whole vectors of rows where they lie, one row after the other.</summary>
    internal bool IsDirect(int multiple) => !isHalf && Column == 1 && Row > 0 && Columns % multiple == 0;

    internal nint DirectStride => Row;

    internal float* Direct(int batch, int head, int row) => (float*)data + Offset(batch, head, row);

    /// <summary>
    /// Copies rows as float32, times a factor, into rows of <paramref name="stride"/> numbers, zeros behind each and in the rows from
    /// <paramref name="rows"/> to <paramref name="padded"/>.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void Load(int batch, int head, int row, int rows, int padded, float factor, float* target, int stride)
    {
        for (var i = 0; i < rows; i++, target += stride)
        {
            LoadRow(Offset(batch, head, row + i), target);
            if (factor != 1) Multiply(target, target, Columns, factor);
            new Span<float>(target + Columns, stride - Columns).Clear();
        }
        new Span<float>(target, (padded - rows) * stride).Clear();
    }

    /// <summary>
    /// Transposes rows into panels (column, <paramref name="width"/> rows), one behind the other, zeros where the rows end.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void Pack(int batch, int head, int row, int rows, float factor, float* target, int width)
    {
        for (var first = 0; first < rows; first += width, target += (nint)width * Columns)
        {
            var filled = Math.Min(width, rows - first);
            if (filled < width) new Span<float>(target, width * Columns).Clear();
            var i = 0;
            for (; i <= filled - 4 && Column == 1 && Sse.IsSupported; i += 4) PackFour(Offset(batch, head, row + first + i), factor, target + i, width);
            for (; i < filled; i++) PackRow(Offset(batch, head, row + first + i), factor, target + i, width);
        }
    }

    /// <summary>Writes rows of float32, each times its factor.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void StoreRow(int batch, int head, int row, float* source, float factor)
    {
        var offset = Offset(batch, head, row);
        if (isHalf)
        {
            var target = (ushort*)data + offset;
            if (Column == 1) BrainFloat.Round(source, target, Columns, factor);
            else for (var j = 0; j < Columns; j++) target[j * Column] = BrainFloat.Rounded(source[j] * factor);
        }
        else
        {
            var target = (float*)data + offset;
            if (Column == 1) Multiply(source, target, Columns, factor);
            else for (var j = 0; j < Columns; j++) target[j * Column] = source[j] * factor;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Multiply(float* source, float* target, int count, float factor)
    {
        var j = 0;
        for (; j <= count - Vector128<float>.Count; j += Vector128<float>.Count)
            (Vector128.Load(source + j) * factor).Store(target + j);
        for (; j < count; j++) target[j] = source[j] * factor;
    }

    private nint Offset(int batch, int head, int row) => batch * Batch + head * Head + row * Row;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void LoadRow(nint offset, float* target)
    {
        if (isHalf && Column == 1)
            BrainFloat.Widen((ushort*)data + offset, target, Columns);
        else if (isHalf)
            for (var j = 0; j < Columns; j++) target[j] = BrainFloat.Widened(((ushort*)data)[offset + j * Column]);
        else if (Column == 1)
            new ReadOnlySpan<float>((float*)data + offset, Columns).CopyTo(new Span<float>(target, Columns));
        else
            for (var j = 0; j < Columns; j++) target[j] = ((float*)data)[offset + j * Column];
    }

    /// <summary>Four rows, four columns at a time.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void PackFour(nint offset, float factor, float* target, int width)
    {
        var j = 0;
        for (; j <= Columns - 4; j += 4, target += 4 * width)
        {
            var (a, b) = (LoadFour(offset + j) * factor, LoadFour(offset + Row + j) * factor);
            var (c, d) = (LoadFour(offset + 2 * Row + j) * factor, LoadFour(offset + 3 * Row + j) * factor);
            var (low, high) = (Sse.UnpackLow(a, b), Sse.UnpackHigh(a, b)); // a0 b0 a1 b1, a2 b2 a3 b3
            var (nextLow, nextHigh) = (Sse.UnpackLow(c, d), Sse.UnpackHigh(c, d));
            Sse.MoveLowToHigh(low, nextLow).Store(target);
            Sse.MoveHighToLow(nextLow, low).Store(target + width);
            Sse.MoveLowToHigh(high, nextHigh).Store(target + 2 * width);
            Sse.MoveHighToLow(nextHigh, high).Store(target + 3 * width);
        }
        for (; j < Columns; j++, target += width)
            for (var i = 0; i < 4; i++) target[i] = Load(offset + i * Row + j) * factor;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector128<float> LoadFour(nint offset) =>
        isHalf ? BrainFloat.Load((ushort*)data + offset) : Vector128.Load((float*)data + offset);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private float Load(nint offset) => isHalf ? BrainFloat.Widened(((ushort*)data)[offset]) : ((float*)data)[offset];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void PackRow(nint offset, float factor, float* target, int width)
    {
        for (var j = 0; j < Columns; j++) target[(nint)j * width] = Load(offset + j * Column) * factor;
    }

    /// <summary>TorchSharp's own entry; its spans end at two gigabytes and want contiguous tensors.</summary>
    [DllImport("LibTorchSharp", EntryPoint = "THSTensor_data")]
    private static extern nint Data(nint tensor);
}
