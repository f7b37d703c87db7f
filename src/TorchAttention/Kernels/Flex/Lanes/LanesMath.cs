using System.Runtime.CompilerServices;

namespace TorchAttention;

/// <summary>
/// Functions over <see cref="ILanes{TSelf}"/>, to two roundings of float32 or better; where the processor has no fused multiply-add, an
/// exponential loses what rounding its exponent loses.
/// </summary>
public static class LanesMath
{
    internal const float Log2E = 1.44269504f;

    /// <summary>
    /// Below this power of two, relative to the largest, a weight counts as zero: ten above the least normal number, so that its products
    /// with values seldom are subnormal either. Intel's CPUs take a hundred times as long where such numbers come in or out.
    /// </summary>
    internal const float LeastWeightPower = -116;

    private const float RestOfLog2E = 1.925963e-8f; // what float32 leaves out of it

    /// <summary>left &gt; right; it does not hold for NaN.</summary>
    /// <typeparam name="TLanes">The width.</typeparam>
    /// <param name="left">One number.</param>
    /// <param name="right">The other.</param>
    /// <returns>The condition.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Greater<TLanes>(TLanes left, TLanes right)
        where TLanes : struct, ILanes<TLanes> => TLanes.Less(right, left);

    /// <summary>e^x, for x of at most 88.</summary>
    /// <typeparam name="TLanes">The width.</typeparam>
    /// <param name="x">The exponents.</param>
    /// <returns>The powers; zero for minus infinity.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Exp<TLanes>(TLanes x)
        where TLanes : struct, ILanes<TLanes>
    {
        var least = TLanes.Of(TLanes.LeastPower);
        var t = TLanes.Max(least, x * TLanes.Of(Log2E)); // NaN passes
        var n = TLanes.Round(t);
        // x log2 e - n, of which rounding the product would leave few digits where x is large.
        var f = TLanes.MultiplyAdd(x, TLanes.Of(RestOfLog2E), TLanes.MultiplyAdd(x, TLanes.Of(Log2E), TLanes.Of(0) - n));
        f = TLanes.Where(TLanes.Equal(t, least), TLanes.Of(0), f);
        return TLanes.Scale(TLanes.MultiplyAdd(f, Slope(f), TLanes.Of(1)), n);
    }

    /// <summary>The hyperbolic tangent.</summary>
    /// <typeparam name="TLanes">The width.</typeparam>
    /// <param name="x">The arguments.</param>
    /// <returns>Their tangents, from -1 to 1.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Tanh<TLanes>(TLanes x)
        where TLanes : struct, ILanes<TLanes>
    {
        // tanh x = m / (m + 2) with m = e^2x - 1 = 2^n 2^f - 1 = 2^n (2^f - 1) + (2^n - 1): no digits cancel near zero.
        var t = TLanes.Max(TLanes.Of(-30), TLanes.Min(TLanes.Of(30), x * TLanes.Of(2 * Log2E)));
        var n = TLanes.Round(t);
        var f = t - n;
        var power = TLanes.Scale(TLanes.Of(1), n);
        var m = TLanes.MultiplyAdd(power, f * Slope(f), power - TLanes.Of(1));
        return m / (m + TLanes.Of(2));
    }

    /// <summary>2^t for t of at most 127; exactly zero for t below <see cref="LeastWeightPower"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TLanes Exp2<TLanes>(TLanes t)
        where TLanes : struct, ILanes<TLanes>
    {
        var least = TLanes.Of(LeastWeightPower);
        var isZero = TLanes.Less(t, least);
        t = TLanes.Max(least, t); // NaN passes
        var n = TLanes.Round(t);
        var f = t - n;
        return TLanes.Where(isZero, TLanes.Of(0), TLanes.Scale(TLanes.MultiplyAdd(f, Slope(f), TLanes.Of(1)), n));
    }

    /// <summary>(2^f - 1) / f for |f| ≤ 1/2: the polynomial that makes 2^f err least, by 2e-9.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Slope<TLanes>(TLanes f)
        where TLanes : struct, ILanes<TLanes>
    {
        var p = TLanes.MultiplyAdd(f, TLanes.Of(0.000153533617f), TLanes.Of(0.00133988744f));
        p = TLanes.MultiplyAdd(f, p, TLanes.Of(0.00961843736f));
        p = TLanes.MultiplyAdd(f, p, TLanes.Of(0.0555033247f));
        p = TLanes.MultiplyAdd(f, p, TLanes.Of(0.240226479f));
        return TLanes.MultiplyAdd(f, p, TLanes.Of(0.693147203f));
    }
}
