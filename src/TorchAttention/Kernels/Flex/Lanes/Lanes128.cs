using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace TorchAttention;

/// <summary>Four numbers: SSE, and NEON on ARM.</summary>
internal unsafe struct Lanes128(Vector128<float> vector) : ILanes<Lanes128>
{
    private Vector128<float> vector = vector;

    public static int Count => 4;

    public static Lanes128 Indices => new(Vector128<float>.Indices);

    public static float LeastPower => -127;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Of(float number) => new(Vector128.Create(number));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Load(ReadOnlySpan<float> numbers) =>
        numbers.Length >= Count ? new(Vector128.LoadUnsafe(ref MemoryMarshal.GetReference(numbers))) : LoadShort(numbers);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 LoadFlags(ReadOnlySpan<byte> flags) =>
        flags.Length >= Count ? LoadFlags(ref MemoryMarshal.GetReference(flags)) : LoadShortFlags(flags);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 operator +(Lanes128 left, Lanes128 right) => new(left.vector + right.vector);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 operator -(Lanes128 left, Lanes128 right) => new(left.vector - right.vector);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 operator *(Lanes128 left, Lanes128 right) => new(left.vector * right.vector);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 operator /(Lanes128 left, Lanes128 right) => new(left.vector / right.vector);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 operator &(Lanes128 left, Lanes128 right) => new(left.vector & right.vector);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 operator |(Lanes128 left, Lanes128 right) => new(left.vector | right.vector);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 MultiplyAdd(Lanes128 factor, Lanes128 other, Lanes128 summand) =>
        new(Vector128.MultiplyAddEstimate(factor.vector, other.vector, summand.vector));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Max(Lanes128 left, Lanes128 right) => new(Vector128.MaxNative(left.vector, right.vector));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Min(Lanes128 left, Lanes128 right) => new(Vector128.MinNative(left.vector, right.vector));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Abs(Lanes128 numbers) => new(Vector128.Abs(numbers.vector));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Less(Lanes128 left, Lanes128 right) => new(Vector128.LessThan(left.vector, right.vector));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Equal(Lanes128 left, Lanes128 right) => new(Vector128.Equals(left.vector, right.vector));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Where(Lanes128 condition, Lanes128 then, Lanes128 otherwise) =>
        new(Vector128.ConditionalSelect(condition.vector, then.vector, otherwise.vector));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Lanes128 numbers) => Vector128.Sum(numbers.vector);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Lanes128 numbers, Span<float> target)
    {
        if (target.Length >= Count) numbers.vector.StoreUnsafe(ref MemoryMarshal.GetReference(target));
        else StoreShort(numbers, target);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddTo(Lanes128 numbers, Span<double> sums)
    {
        if (sums.Length < Count)
        {
            for (var n = 0; n < sums.Length; n++) sums[n] += numbers.vector[n];
            return;
        }
        ref var first = ref MemoryMarshal.GetReference(sums);
        var (low, high) = Vector128.Widen(numbers.vector);
        (Vector128.LoadUnsafe(ref first) + low).StoreUnsafe(ref first);
        (Vector128.LoadUnsafe(ref first, 2) + high).StoreUnsafe(ref first, 2);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Load(float* source) => new(Vector128.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Lanes128 numbers, float* target) => numbers.vector.Store(target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Accumulate(Lanes128 factor, Lanes128 other, ref Lanes128 sum) =>
        sum.vector = Vector128.MultiplyAddEstimate(factor.vector, other.vector, sum.vector);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 LoadHalf(ushort* source) => new(BrainFloat.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreHalf(Lanes128 numbers, ushort* target)
    {
        var rounded = BrainFloat.Rounded(numbers.vector);
        Unsafe.WriteUnaligned(target, Vector128.Narrow(rounded, rounded).AsUInt64().ToScalar());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Largest(Lanes128 numbers)
    {
        var pairs = Vector128.MaxNative(numbers.vector, Vector128.Shuffle(numbers.vector, Vector128.Create(2, 3, 0, 1)));
        return Vector128.MaxNative(pairs, Vector128.Shuffle(pairs, Vector128.Create(1, 0, 3, 2))).ToScalar();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Round(Lanes128 numbers) => new(Vector128.Round(numbers.vector));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Scale(Lanes128 numbers, Lanes128 powers)
    {
        var exponent = (Vector128.ConvertToInt32Native(powers.vector) + Vector128.Create(127)) << 23;
        return new(numbers.vector * exponent.AsSingle());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 RandomAtLeast(uint row, uint firstKey, int threshold)
    {
        var hash = (Vector128.Create(firstKey) + Vector128<uint>.Indices) * RandomBits.Odd ^ Vector128.Create(row);
        hash = (hash ^ (hash >> 16)) * RandomBits.First;
        hash = (hash ^ (hash >> 13)) * RandomBits.Second;
        hash ^= hash >> 16;
        return new(Vector128.GreaterThanOrEqual((hash >> 8).AsInt32(), Vector128.Create(threshold)).AsSingle());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Lanes128 LoadFlags(ref byte flags)
    {
        var bytes = Vector128.CreateScalar(Unsafe.ReadUnaligned<uint>(ref flags)).AsByte();
        var words = Vector128.WidenLower(Vector128.WidenLower(bytes));
        return new(Vector128.GreaterThan(words.AsInt32(), Vector128<int>.Zero).AsSingle());
    }

    // Out of line: memory on the stack would keep the callers from being inlined.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Lanes128 LoadShort(ReadOnlySpan<float> numbers)
    {
        Span<float> padded = stackalloc float[4];
        padded.Clear();
        numbers.CopyTo(padded);
        return new(Vector128.LoadUnsafe(ref MemoryMarshal.GetReference(padded)));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Lanes128 LoadShortFlags(ReadOnlySpan<byte> flags)
    {
        Span<byte> padded = stackalloc byte[4];
        padded.Clear();
        flags.CopyTo(padded);
        return LoadFlags(ref MemoryMarshal.GetReference(padded));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void StoreShort(Lanes128 numbers, Span<float> target)
    {
        Span<float> all = stackalloc float[4];
        numbers.vector.StoreUnsafe(ref MemoryMarshal.GetReference(all));
        all[..target.Length].CopyTo(target);
    }
}
