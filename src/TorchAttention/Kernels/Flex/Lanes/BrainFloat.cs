using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace TorchAttention;

/// <summary>bfloat16 is the upper half of float32's bits. Rounding is to the nearest, ties to the even one.</summary>
internal static unsafe class BrainFloat
{
    private const uint LessThanHalf = 0x7FFF; // and the last bit that stays makes it a half, where that bit is one
    private const ushort NaN = 0x7FC0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static float Widened(ushort half) => BitConverter.UInt32BitsToSingle((uint)half << 16);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ushort Rounded(float number)
    {
        if (float.IsNaN(number)) return NaN;
        var bits = BitConverter.SingleToUInt32Bits(number);
        return (ushort)((bits + LessThanHalf + ((bits >> 16) & 1)) >> 16);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector128<float> Load(ushort* source)
    {
        var halves = Vector128.CreateScalar(Unsafe.ReadUnaligned<ulong>(source)).AsUInt16();
        return (Vector128.WidenLower(halves) << 16).AsSingle();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Widen(ushort* source, float* target, int count)
    {
        var j = 0;
        for (; j <= count - Lanes128.Count; j += Lanes128.Count) Lanes128.Store(Lanes128.LoadHalf(source + j), target + j);
        for (; j < count; j++) target[j] = Widened(source[j]);
    }

    /// <summary>Each number times a factor.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Round(float* source, ushort* target, int count, float factor)
    {
        var j = 0;
        for (; j <= count - Lanes128.Count; j += Lanes128.Count)
            Lanes128.StoreHalf(Lanes128.Load(source + j) * Lanes128.Of(factor), target + j);
        for (; j < count; j++) target[j] = Rounded(source[j] * factor);
    }

    /// <summary>Each in the lower half of its 32 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<uint> Rounded(Vector512<float> numbers)
    {
        var bits = numbers.AsUInt32();
        var rounded = (bits + Vector512.Create(LessThanHalf) + ((bits >> 16) & Vector512<uint>.One)) >> 16;
        return Vector512.ConditionalSelect(Vector512.Equals(numbers, numbers).AsUInt32(), rounded, Vector512.Create((uint)NaN));
    }

    /// <summary>Each in the lower half of its 32 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<uint> Rounded(Vector256<float> numbers)
    {
        var bits = numbers.AsUInt32();
        var rounded = (bits + Vector256.Create(LessThanHalf) + ((bits >> 16) & Vector256<uint>.One)) >> 16;
        return Vector256.ConditionalSelect(Vector256.Equals(numbers, numbers).AsUInt32(), rounded, Vector256.Create((uint)NaN));
    }

    /// <summary>Each in the lower half of its 32 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector128<uint> Rounded(Vector128<float> numbers)
    {
        var bits = numbers.AsUInt32();
        var rounded = (bits + Vector128.Create(LessThanHalf) + ((bits >> 16) & Vector128<uint>.One)) >> 16;
        return Vector128.ConditionalSelect(Vector128.Equals(numbers, numbers).AsUInt32(), rounded, Vector128.Create((uint)NaN));
    }
}
