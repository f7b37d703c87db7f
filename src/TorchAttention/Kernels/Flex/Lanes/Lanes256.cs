using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace TorchAttention;

/// <summary>Eight numbers: AVX2.</summary>
internal unsafe struct Lanes256(Vector256<float> vector) : ILanes<Lanes256>
{
    private Vector256<float> vector = vector;

    public static int Count => 8;

    public static Lanes256 Indices => new(Vector256<float>.Indices);

    public static float LeastPower => -127;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Of(float number) => new(Vector256.Create(number));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Load(ReadOnlySpan<float> numbers) =>
        numbers.Length >= Count ? new(Vector256.LoadUnsafe(ref MemoryMarshal.GetReference(numbers))) : LoadShort(numbers);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 LoadFlags(ReadOnlySpan<byte> flags) =>
        flags.Length >= Count ? LoadFlags(ref MemoryMarshal.GetReference(flags)) : LoadShortFlags(flags);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 operator +(Lanes256 left, Lanes256 right) => new(left.vector + right.vector);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 operator -(Lanes256 left, Lanes256 right) => new(left.vector - right.vector);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 operator *(Lanes256 left, Lanes256 right) => new(left.vector * right.vector);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 operator /(Lanes256 left, Lanes256 right) => new(left.vector / right.vector);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 operator &(Lanes256 left, Lanes256 right) => new(left.vector & right.vector);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 operator |(Lanes256 left, Lanes256 right) => new(left.vector | right.vector);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 MultiplyAdd(Lanes256 factor, Lanes256 other, Lanes256 summand) =>
        new(Vector256.MultiplyAddEstimate(factor.vector, other.vector, summand.vector));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Max(Lanes256 left, Lanes256 right) => new(Vector256.MaxNative(left.vector, right.vector));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Min(Lanes256 left, Lanes256 right) => new(Vector256.MinNative(left.vector, right.vector));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Abs(Lanes256 numbers) => new(Vector256.Abs(numbers.vector));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Less(Lanes256 left, Lanes256 right) => new(Vector256.LessThan(left.vector, right.vector));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Equal(Lanes256 left, Lanes256 right) => new(Vector256.Equals(left.vector, right.vector));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Where(Lanes256 condition, Lanes256 then, Lanes256 otherwise) =>
        new(Vector256.ConditionalSelect(condition.vector, then.vector, otherwise.vector));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Lanes256 numbers) =>
        Lanes128.Sum(new Lanes128(numbers.vector.GetLower() + numbers.vector.GetUpper()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Lanes256 numbers, Span<float> target)
    {
        if (target.Length >= Count) numbers.vector.StoreUnsafe(ref MemoryMarshal.GetReference(target));
        else StoreShort(numbers, target);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddTo(Lanes256 numbers, Span<double> sums)
    {
        if (sums.Length < Count)
        {
            for (var n = 0; n < sums.Length; n++) sums[n] += numbers.vector[n];
            return;
        }
        ref var first = ref MemoryMarshal.GetReference(sums);
        var (low, high) = Vector256.Widen(numbers.vector);
        (Vector256.LoadUnsafe(ref first) + low).StoreUnsafe(ref first);
        (Vector256.LoadUnsafe(ref first, 4) + high).StoreUnsafe(ref first, 4);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Load(float* source) => new(Vector256.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Lanes256 numbers, float* target) => numbers.vector.Store(target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Accumulate(Lanes256 factor, Lanes256 other, ref Lanes256 sum) =>
        sum.vector = Vector256.MultiplyAddEstimate(factor.vector, other.vector, sum.vector);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 LoadHalf(ushort* source)
    {
        var (low, high) = Vector128.Widen(Vector128.Load(source));
        return new((Vector256.Create(low, high) << 16).AsSingle());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreHalf(Lanes256 numbers, ushort* target)
    {
        var rounded = BrainFloat.Rounded(numbers.vector);
        Vector128.Narrow(rounded.GetLower(), rounded.GetUpper()).Store(target);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Largest(Lanes256 numbers)
    {
        var half = Vector128.MaxNative(numbers.vector.GetLower(), numbers.vector.GetUpper());
        return Lanes128.Largest(new Lanes128(half));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Round(Lanes256 numbers) => new(Vector256.Round(numbers.vector));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Scale(Lanes256 numbers, Lanes256 powers)
    {
        var exponent = (Vector256.ConvertToInt32Native(powers.vector) + Vector256.Create(127)) << 23;
        return new(numbers.vector * exponent.AsSingle());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 RandomAtLeast(uint row, uint firstKey, int threshold)
    {
        var hash = (Vector256.Create(firstKey) + Vector256<uint>.Indices) * RandomBits.Odd ^ Vector256.Create(row);
        hash = (hash ^ (hash >> 16)) * RandomBits.First;
        hash = (hash ^ (hash >> 13)) * RandomBits.Second;
        hash ^= hash >> 16;
        return new(Vector256.GreaterThanOrEqual((hash >> 8).AsInt32(), Vector256.Create(threshold)).AsSingle());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Lanes256 LoadFlags(ref byte flags)
    {
        var low = Vector128.WidenLower(Vector128.CreateScalar(Unsafe.ReadUnaligned<ulong>(ref flags)).AsByte());
        var (a, b) = Vector128.Widen(low);
        return new(Vector256.GreaterThan(Vector256.Create(a, b).AsInt32(), Vector256<int>.Zero).AsSingle());
    }

    // Out of line: memory on the stack would keep the callers from being inlined.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Lanes256 LoadShort(ReadOnlySpan<float> numbers)
    {
        Span<float> padded = stackalloc float[8];
        padded.Clear();
        numbers.CopyTo(padded);
        return new(Vector256.LoadUnsafe(ref MemoryMarshal.GetReference(padded)));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Lanes256 LoadShortFlags(ReadOnlySpan<byte> flags)
    {
        Span<byte> padded = stackalloc byte[8];
        padded.Clear();
        flags.CopyTo(padded);
        return LoadFlags(ref MemoryMarshal.GetReference(padded));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void StoreShort(Lanes256 numbers, Span<float> target)
    {
        Span<float> all = stackalloc float[8];
        numbers.vector.StoreUnsafe(ref MemoryMarshal.GetReference(all));
        all[..target.Length].CopyTo(target);
    }
}
