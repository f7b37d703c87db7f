using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace TorchAttention;

/// <summary>Sixteen numbers: AVX-512.</summary>
internal unsafe struct Lanes512(Vector512<float> vector) : ILanes<Lanes512>
{
    private Vector512<float> vector = vector;

    public static int Count => 16;

    public static Lanes512 Indices => new(Vector512<float>.Indices);

    public static float LeastPower => Avx512F.IsSupported ? -150 : -127;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Of(float number) => new(Vector512.Create(number));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Load(ReadOnlySpan<float> numbers) =>
        numbers.Length >= Count ? new(Vector512.LoadUnsafe(ref MemoryMarshal.GetReference(numbers))) : LoadShort(numbers);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 LoadFlags(ReadOnlySpan<byte> flags) =>
        flags.Length >= Count ? LoadFlags(ref MemoryMarshal.GetReference(flags)) : LoadShortFlags(flags);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 operator +(Lanes512 left, Lanes512 right) => new(left.vector + right.vector);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 operator -(Lanes512 left, Lanes512 right) => new(left.vector - right.vector);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 operator *(Lanes512 left, Lanes512 right) => new(left.vector * right.vector);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 operator /(Lanes512 left, Lanes512 right) => new(left.vector / right.vector);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 operator &(Lanes512 left, Lanes512 right) => new(left.vector & right.vector);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 operator |(Lanes512 left, Lanes512 right) => new(left.vector | right.vector);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 MultiplyAdd(Lanes512 factor, Lanes512 other, Lanes512 summand) =>
        new(Vector512.MultiplyAddEstimate(factor.vector, other.vector, summand.vector));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Max(Lanes512 left, Lanes512 right) => new(Vector512.MaxNative(left.vector, right.vector));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Min(Lanes512 left, Lanes512 right) => new(Vector512.MinNative(left.vector, right.vector));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Abs(Lanes512 numbers) => new(Vector512.Abs(numbers.vector));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Less(Lanes512 left, Lanes512 right) => new(Vector512.LessThan(left.vector, right.vector));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Equal(Lanes512 left, Lanes512 right) => new(Vector512.Equals(left.vector, right.vector));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Where(Lanes512 condition, Lanes512 then, Lanes512 otherwise) =>
        new(Vector512.ConditionalSelect(condition.vector, then.vector, otherwise.vector));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Lanes512 numbers) =>
        Lanes256.Sum(new Lanes256(numbers.vector.GetLower() + numbers.vector.GetUpper()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Lanes512 numbers, Span<float> target)
    {
        if (target.Length >= Count) numbers.vector.StoreUnsafe(ref MemoryMarshal.GetReference(target));
        else StoreShort(numbers, target);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddTo(Lanes512 numbers, Span<double> sums)
    {
        if (sums.Length < Count)
        {
            for (var n = 0; n < sums.Length; n++) sums[n] += numbers.vector[n];
            return;
        }
        ref var first = ref MemoryMarshal.GetReference(sums);
        var (low, high) = Vector512.Widen(numbers.vector);
        (Vector512.LoadUnsafe(ref first) + low).StoreUnsafe(ref first);
        (Vector512.LoadUnsafe(ref first, 8) + high).StoreUnsafe(ref first, 8);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Load(float* source) => new(Vector512.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Lanes512 numbers, float* target) => numbers.vector.Store(target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Accumulate(Lanes512 factor, Lanes512 other, ref Lanes512 sum) =>
        sum.vector = Vector512.MultiplyAddEstimate(factor.vector, other.vector, sum.vector);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 LoadHalf(ushort* source)
    {
        var (low, high) = Vector256.Widen(Vector256.Load(source));
        return new((Vector512.Create(low, high) << 16).AsSingle());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreHalf(Lanes512 numbers, ushort* target)
    {
        var rounded = BrainFloat.Rounded(numbers.vector);
        Vector256.Narrow(rounded.GetLower(), rounded.GetUpper()).Store(target);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Largest(Lanes512 numbers)
    {
        var half = Vector256.MaxNative(numbers.vector.GetLower(), numbers.vector.GetUpper());
        return Lanes256.Largest(new Lanes256(half));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Round(Lanes512 numbers) => new(Vector512.Round(numbers.vector));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Scale(Lanes512 numbers, Lanes512 powers)
    {
        if (Avx512F.IsSupported) return new(Avx512F.Scale(numbers.vector, powers.vector));
        var exponent = (Vector512.ConvertToInt32Native(powers.vector) + Vector512.Create(127)) << 23;
        return new(numbers.vector * exponent.AsSingle());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 RandomAtLeast(uint row, uint firstKey, int threshold)
    {
        var hash = (Vector512.Create(firstKey) + Vector512<uint>.Indices) * RandomBits.Odd ^ Vector512.Create(row);
        hash = (hash ^ (hash >> 16)) * RandomBits.First;
        hash = (hash ^ (hash >> 13)) * RandomBits.Second;
        hash ^= hash >> 16;
        return new(Vector512.GreaterThanOrEqual((hash >> 8).AsInt32(), Vector512.Create(threshold)).AsSingle());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Lanes512 LoadFlags(ref byte flags)
    {
        var wide = Vector128.LoadUnsafe(ref flags);
        var (low, high) = Vector128.Widen(wide);
        var (a, b) = Vector128.Widen(low);
        var (c, d) = Vector128.Widen(high);
        var words = Vector512.Create(Vector256.Create(a, b), Vector256.Create(c, d));
        return new(Vector512.GreaterThan(words.AsInt32(), Vector512<int>.Zero).AsSingle());
    }

    // Out of line: memory on the stack would keep the callers from being inlined.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Lanes512 LoadShort(ReadOnlySpan<float> numbers)
    {
        Span<float> padded = stackalloc float[16];
        padded.Clear();
        numbers.CopyTo(padded);
        return new(Vector512.LoadUnsafe(ref MemoryMarshal.GetReference(padded)));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Lanes512 LoadShortFlags(ReadOnlySpan<byte> flags)
    {
        Span<byte> padded = stackalloc byte[16];
        padded.Clear();
        flags.CopyTo(padded);
        return LoadFlags(ref MemoryMarshal.GetReference(padded));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void StoreShort(Lanes512 numbers, Span<float> target)
    {
        Span<float> all = stackalloc float[16];
        numbers.vector.StoreUnsafe(ref MemoryMarshal.GetReference(all));
        all[..target.Length].CopyTo(target);
    }
}
