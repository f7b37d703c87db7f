namespace TorchAttention;

/// <summary>
/// As many float32 numbers side by side as the machine computes with at once: 16, 8, 4 or 1. A score modification is written once,
/// over any <typeparamref name="TSelf"/>, and the JIT compiles it for the width of the machine it runs on.
/// </summary>
/// <remarks>
/// A condition is lanes too: all bits set where it holds, none where it does not; join conditions with <c>&amp;</c> and <c>|</c>.
/// The library implements this interface; nobody else can.
/// </remarks>
/// <typeparam name="TSelf">The implementing type.</typeparam>
public unsafe interface ILanes<TSelf>
    where TSelf : struct, ILanes<TSelf>
{
    /// <summary>How many numbers stand side by side.</summary>
    static abstract int Count { get; }

    /// <summary>0, 1, 2, … from the first lane to the last.</summary>
    static abstract TSelf Indices { get; }

    /// <summary>The same number in every lane.</summary>
    /// <param name="number">The number.</param>
    /// <returns>The lanes.</returns>
    static abstract TSelf Of(float number);

    /// <summary>The first numbers of a span; zero in the lanes that it is too short for.</summary>
    /// <param name="numbers">The numbers.</param>
    /// <returns>The lanes.</returns>
    static abstract TSelf Load(ReadOnlySpan<float> numbers);

    /// <summary>The condition that holds where a byte is not zero; it does not hold in the lanes that the span is too short for.</summary>
    /// <param name="flags">The bytes, as of a bool tensor.</param>
    /// <returns>The condition.</returns>
    static abstract TSelf LoadFlags(ReadOnlySpan<byte> flags);

    /// <summary>Adds lane by lane.</summary>
    /// <param name="left">One summand.</param>
    /// <param name="right">The other.</param>
    /// <returns>The sum.</returns>
    static abstract TSelf operator +(TSelf left, TSelf right);

    /// <summary>Subtracts lane by lane.</summary>
    /// <param name="left">What is subtracted from.</param>
    /// <param name="right">What is subtracted.</param>
    /// <returns>The difference.</returns>
    static abstract TSelf operator -(TSelf left, TSelf right);

    /// <summary>Multiplies lane by lane.</summary>
    /// <param name="left">One factor.</param>
    /// <param name="right">The other.</param>
    /// <returns>The product.</returns>
    static abstract TSelf operator *(TSelf left, TSelf right);

    /// <summary>Divides lane by lane.</summary>
    /// <param name="left">The dividend.</param>
    /// <param name="right">The divisor.</param>
    /// <returns>The quotient.</returns>
    static abstract TSelf operator /(TSelf left, TSelf right);

    /// <summary>Both conditions.</summary>
    /// <param name="left">One condition.</param>
    /// <param name="right">The other.</param>
    /// <returns>The condition that holds where both hold.</returns>
    static abstract TSelf operator &(TSelf left, TSelf right);

    /// <summary>Either condition.</summary>
    /// <param name="left">One condition.</param>
    /// <param name="right">The other.</param>
    /// <returns>The condition that holds where one of them holds.</returns>
    static abstract TSelf operator |(TSelf left, TSelf right);

    /// <summary>factor · other + summand, rounded once where the machine can.</summary>
    /// <param name="factor">One factor.</param>
    /// <param name="other">The other.</param>
    /// <param name="summand">What is added.</param>
    /// <returns>The sum.</returns>
    static abstract TSelf MultiplyAdd(TSelf factor, TSelf other, TSelf summand);

    /// <summary>The larger of two numbers; the second one if either is NaN, on most machines.</summary>
    /// <param name="left">One number.</param>
    /// <param name="right">The other.</param>
    /// <returns>The larger.</returns>
    static abstract TSelf Max(TSelf left, TSelf right);

    /// <summary>The smaller of two numbers; the second one if either is NaN, on most machines.</summary>
    /// <param name="left">One number.</param>
    /// <param name="right">The other.</param>
    /// <returns>The smaller.</returns>
    static abstract TSelf Min(TSelf left, TSelf right);

    /// <summary>Without the sign.</summary>
    /// <param name="numbers">The numbers.</param>
    /// <returns>Their magnitudes.</returns>
    static abstract TSelf Abs(TSelf numbers);

    /// <summary>The condition left &lt; right; it does not hold for NaN.</summary>
    /// <param name="left">One number.</param>
    /// <param name="right">The other.</param>
    /// <returns>The condition.</returns>
    static abstract TSelf Less(TSelf left, TSelf right);

    /// <summary>The condition left = right; it does not hold for NaN.</summary>
    /// <param name="left">One number.</param>
    /// <param name="right">The other.</param>
    /// <returns>The condition.</returns>
    static abstract TSelf Equal(TSelf left, TSelf right);

    /// <summary>One number where a condition holds, another where it does not.</summary>
    /// <param name="condition">The condition.</param>
    /// <param name="then">The numbers where it holds.</param>
    /// <param name="otherwise">The numbers where it does not.</param>
    /// <returns>The chosen numbers.</returns>
    static abstract TSelf Where(TSelf condition, TSelf then, TSelf otherwise);

    /// <summary>The sum over the lanes.</summary>
    /// <param name="numbers">The numbers.</param>
    /// <returns>Their sum.</returns>
    static abstract float Sum(TSelf numbers);

    /// <summary>Copies the lanes out, as many as fit.</summary>
    /// <param name="numbers">The lanes.</param>
    /// <param name="target">Where the first of them go.</param>
    static abstract void Store(TSelf numbers, Span<float> target);

    /// <summary>Adds the lanes to successive sums, as many as fit: for the gradient of numbers that lie side by side.</summary>
    /// <param name="numbers">The lanes.</param>
    /// <param name="sums">The sums, the first lane's first.</param>
    static abstract void AddTo(TSelf numbers, Span<double> sums);

    internal static abstract TSelf Load(float* source);

    internal static abstract void Store(TSelf numbers, float* target);

    /// <summary>sum += factor · other in the sum's own register, where an assignment would move it through another one.</summary>
    internal static abstract void Accumulate(TSelf factor, TSelf other, ref TSelf sum);

    /// <summary>From bfloat16.</summary>
    internal static abstract TSelf LoadHalf(ushort* source);

    /// <summary>To the nearest bfloat16, ties to the even one.</summary>
    internal static abstract void StoreHalf(TSelf numbers, ushort* target);

    internal static abstract float Largest(TSelf numbers);

    /// <summary>The nearest integers.</summary>
    internal static abstract TSelf Round(TSelf numbers);

    /// <summary>The whole power at which <see cref="Scale"/> makes zero of one.</summary>
    internal static abstract float LeastPower { get; }

    /// <summary>number · 2^power for whole powers from <see cref="LeastPower"/> to 127.</summary>
    internal static abstract TSelf Scale(TSelf numbers, TSelf powers);

    /// <summary>
    /// The condition that the random 24-bit number of a key in a row is at least <paramref name="threshold"/>, where the lanes are
    /// the keys from <paramref name="firstKey"/> on. A hash of row and key alone: the same at any width, in any order.
    /// </summary>
    internal static abstract TSelf RandomAtLeast(uint row, uint firstKey, int threshold);
}
