using System.Runtime.CompilerServices;

namespace TorchAttention;

/// <summary>One number: a machine without vectors, or with those that the runtime does not know.</summary>
internal readonly unsafe struct Lanes32(float number) : ILanes<Lanes32>
{
    private readonly float number = number;

    public static int Count => 1;

    public static Lanes32 Indices => new(0);

    public static float LeastPower => -127;

    public static Lanes32 Of(float number) => new(number);

    public static Lanes32 Load(ReadOnlySpan<float> numbers) => new(numbers.IsEmpty ? 0 : numbers[0]);

    public static Lanes32 LoadFlags(ReadOnlySpan<byte> flags) => If(!flags.IsEmpty && flags[0] != 0);

    public static Lanes32 operator +(Lanes32 left, Lanes32 right) => new(left.number + right.number);

    public static Lanes32 operator -(Lanes32 left, Lanes32 right) => new(left.number - right.number);

    public static Lanes32 operator *(Lanes32 left, Lanes32 right) => new(left.number * right.number);

    public static Lanes32 operator /(Lanes32 left, Lanes32 right) => new(left.number / right.number);

    public static Lanes32 operator &(Lanes32 left, Lanes32 right) => If(left.Holds && right.Holds);

    public static Lanes32 operator |(Lanes32 left, Lanes32 right) => If(left.Holds || right.Holds);

    public static Lanes32 MultiplyAdd(Lanes32 factor, Lanes32 other, Lanes32 summand) =>
        new((factor.number * other.number) + summand.number);

    public static Lanes32 Max(Lanes32 left, Lanes32 right) => new(left.number > right.number ? left.number : right.number);

    public static Lanes32 Min(Lanes32 left, Lanes32 right) => new(left.number < right.number ? left.number : right.number);

    public static Lanes32 Abs(Lanes32 numbers) => new(MathF.Abs(numbers.number));

    public static Lanes32 Less(Lanes32 left, Lanes32 right) => If(left.number < right.number);

    public static Lanes32 Equal(Lanes32 left, Lanes32 right) => If(left.number == right.number);

    public static Lanes32 Where(Lanes32 condition, Lanes32 then, Lanes32 otherwise) => condition.Holds ? then : otherwise;

    public static float Sum(Lanes32 numbers) => numbers.number;

    public static void Store(Lanes32 numbers, Span<float> target)
    {
        if (!target.IsEmpty) target[0] = numbers.number;
    }

    public static void AddTo(Lanes32 numbers, Span<double> sums)
    {
        if (!sums.IsEmpty) sums[0] += numbers.number;
    }

    public static Lanes32 Load(float* source) => new(*source);

    public static void Store(Lanes32 numbers, float* target) => *target = numbers.number;

    public static void Accumulate(Lanes32 factor, Lanes32 other, ref Lanes32 sum) => sum = MultiplyAdd(factor, other, sum);

    public static Lanes32 LoadHalf(ushort* source) => new(BrainFloat.Widened(*source));

    public static void StoreHalf(Lanes32 numbers, ushort* target) => *target = BrainFloat.Rounded(numbers.number);

    public static float Largest(Lanes32 numbers) => numbers.number;

    public static Lanes32 Round(Lanes32 numbers) => new(MathF.Round(numbers.number));

    public static Lanes32 Scale(Lanes32 numbers, Lanes32 powers) =>
        new(numbers.number * BitConverter.Int32BitsToSingle(((int)powers.number + 127) << 23));

    public static Lanes32 RandomAtLeast(uint row, uint firstKey, int threshold) =>
        If((int)(RandomBits.Mix((firstKey * RandomBits.Odd) ^ row) >> 8) >= threshold);

    private bool Holds => BitConverter.SingleToInt32Bits(number) != 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Lanes32 If(bool condition) => new(BitConverter.Int32BitsToSingle(condition ? -1 : 0));
}
