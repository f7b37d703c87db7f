using System.Numerics;
using System.Runtime.InteropServices;

namespace TorchAttention;

/// <summary>Entmax of one row on the CPU. An entry of minus infinity is absent; a row without entries has zero weights.</summary>
internal readonly struct EntmaxRow<T, TPower>
    where T : unmanaged, IFloatingPointIeee754<T>
    where TPower : IEntmaxPower<T>
{
    private readonly Vector<T>[] near;

    /// <summary>Makes the buffer for rows of one size.</summary>
    internal EntmaxRow(long size) => near = new Vector<T>[(size / Vector<T>.Count) + 2];

    /// <summary>The weights of a row of scores; both may be one.</summary>
    internal void Normalize(ReadOnlySpan<T> scores, Span<T> weights, TPower power)
    {
        var whole = RowVectors.Whole(scores);
        var rest = RowVectors.Rest(scores, T.NegativeInfinity);
        var highest = RowVectors.Highest(whole, rest);
        var candidates = Gather(whole, rest, highest, power.Scale);
        if (candidates.IsEmpty)
        {
            RowVectors.Spoil(scores, weights);
            return;
        }
        var (threshold, mass) = Threshold(candidates, power);
        var share = new Vector<T>(T.One / mass);
        var target = MemoryMarshal.Cast<T, Vector<T>>(weights);
        for (var i = 0; i < whole.Length; i++) target[i] = Weight(Shift(whole[i], highest, power.Scale), threshold, share, power);
        RowVectors.Write(Weight(Shift(rest, highest, power.Scale), threshold, share, power), weights);
    }

    private static Vector<T> Weight(Vector<T> number, T threshold, Vector<T> share, TPower power)
    {
        if (Vector.LessThanOrEqualAll(number, new Vector<T>(threshold))) return Vector<T>.Zero;
        var residual = Residual(number, threshold);
        return power.SlopeOfResidual(residual) * residual * share;
    }

    /// <summary>
    /// Shifted, an even number of vectors: those with an entry above -1, which is the least that the threshold can be. None where
    /// the row has no entry, or one that is no number.
    /// </summary>
    private ReadOnlySpan<Vector<T>> Gather(ReadOnlySpan<Vector<T>> whole, Vector<T> rest, T highest, T scale)
    {
        var (count, numbers) = (0, Vector<T>.AllBitsSet);
        for (var i = 0; i <= whole.Length; i++)
        {
            var number = Shift(i < whole.Length ? whole[i] : rest, highest, scale);
            if (Vector.LessThanOrEqualAll(number, -Vector<T>.One)) continue; // which NaN never is
            near[count++] = number;
            numbers &= Vector.Equals(number, number);
        }
        if (Vector.EqualsAny(numbers, Vector<T>.Zero)) return [];
        if (count % 2 == 1) near[count++] = new Vector<T>(T.NegativeInfinity);
        return near.AsSpan(0, count);
    }

    /// <summary>
    /// τ between -1 and 0 where the weights have mass one, by Newton's method: for α ≤ 2 the mass is convex in τ, so that the steps
    /// from the left do not go past it. For α > 2 it is not, and the bracket is halved.
    /// </summary>
    private static (T Threshold, T Mass) Threshold(ReadOnlySpan<Vector<T>> candidates, TPower power)
    {
        var half = T.One / (T.One + T.One);
        var (low, high, threshold) = (-T.One, T.Zero, -T.One);
        while (true)
        {
            var (mass, slope) = Mass(candidates, threshold, power);
            if (mass >= T.One) low = threshold;
            else high = threshold;
            var next = power.Scale <= T.One ? threshold + ((mass - T.One) * power.Scale / slope) : (low + high) * half;
            if (!(next > low && next < high)) return (threshold, mass); // no number is left between the two
            threshold = next;
        }
    }

    /// <summary>Σ p and Σ slope for a threshold.</summary>
    private static (T Mass, T Slope) Mass(ReadOnlySpan<Vector<T>> candidates, T threshold, TPower power)
    {
        var (mass, sum, otherMass, otherSum) = (Vector<T>.Zero, Vector<T>.Zero, Vector<T>.Zero, Vector<T>.Zero);
        for (var i = 0; i + 1 < candidates.Length; i += 2)
        {
            var (residual, other) = (Residual(candidates[i], threshold), Residual(candidates[i + 1], threshold));
            var (slope, otherSlope) = (power.SlopeOfResidual(residual), power.SlopeOfResidual(other));
            sum += slope;
            otherSum += otherSlope;
            mass += slope * residual;
            otherMass += otherSlope * other;
        }
        return (Vector.Sum(mass + otherMass), Vector.Sum(sum + otherSum));
    }

    /// <summary>(α - 1) (z - max z): the highest score is zero, so that nothing is lost when all are large.</summary>
    private static Vector<T> Shift(Vector<T> number, T highest, T scale) => (number - new Vector<T>(highest)) * new Vector<T>(scale);

    private static Vector<T> Residual(Vector<T> number, T threshold) => Vector.MaxNative(number - new Vector<T>(threshold), Vector<T>.Zero);
}
