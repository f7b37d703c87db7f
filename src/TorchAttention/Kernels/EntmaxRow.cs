using System.Numerics;
using System.Runtime.InteropServices;

namespace TorchAttention;

/// <summary>
/// Entmax of one row on the CPU, forward and backward. An entry of minus infinity is absent; a row without entries has zero
/// weights, and where a weight is zero the gradient is.
/// </summary>
internal readonly struct EntmaxRow<T, TPower>
    where T : unmanaged, IFloatingPointIeee754<T>
    where TPower : IEntmaxPower<T>
{
    private readonly Vector<T>[] near;

    /// <summary>Makes the buffer for rows of one size.</summary>
    internal EntmaxRow(long size) => near = new Vector<T>[(size / Vector<T>.Count) + 2];

    /// <summary>The weights of a row of scores.</summary>
    internal void Normalize(ReadOnlySpan<T> scores, Span<T> weights, TPower power)
    {
        var whole = Whole(scores);
        var rest = Rest(scores, T.NegativeInfinity);
        var highest = Highest(whole, rest);
        var candidates = Gather(whole, rest, highest, power.Scale);
        if (candidates.IsEmpty)
        {
            for (var j = 0; j < scores.Length; j++) weights[j] = T.IsNegativeInfinity(scores[j]) ? T.Zero : T.NaN;
            return;
        }
        var (threshold, mass) = Threshold(candidates, power);
        var share = new Vector<T>(T.One / mass);
        var target = MemoryMarshal.Cast<T, Vector<T>>(weights);
        for (var i = 0; i < whole.Length; i++) target[i] = Weight(Shift(whole[i], highest, power.Scale), threshold, share, power);
        Write(Weight(Shift(rest, highest, power.Scale), threshold, share, power), weights);
    }

    /// <summary>The gradient of a row of scores: slope · (upstream - its mean under the slopes).</summary>
    internal static void Differentiate(ReadOnlySpan<T> weights, ReadOnlySpan<T> upstream, Span<T> gradient, TPower power)
    {
        var whole = Whole(weights);
        var given = Whole(upstream);
        var (rest, givenRest) = (Rest(weights, T.Zero), Rest(upstream, T.Zero));
        var slopes = power.SlopeOfWeight(rest);
        var products = Weighted(slopes * givenRest, rest);
        for (var i = 0; i < whole.Length; i++)
        {
            if (Vector.EqualsAll(whole[i], Vector<T>.Zero)) continue;
            var slope = power.SlopeOfWeight(whole[i]);
            slopes += slope;
            products += Weighted(slope * given[i], whole[i]);
        }
        var mean = new Vector<T>(Vector.Sum(products) / Vector.Sum(slopes));
        var target = MemoryMarshal.Cast<T, Vector<T>>(gradient);
        for (var i = 0; i < whole.Length; i++) target[i] = Gradient(whole[i], given[i], mean, power);
        Write(Gradient(rest, givenRest, mean, power), gradient);
    }

    private static Vector<T> Weight(Vector<T> number, T threshold, Vector<T> share, TPower power)
    {
        if (Vector.LessThanOrEqualAll(number, new Vector<T>(threshold))) return Vector<T>.Zero;
        var residual = Residual(number, threshold);
        return power.SlopeOfResidual(residual) * residual * share;
    }

    private static Vector<T> Gradient(Vector<T> weights, Vector<T> upstream, Vector<T> mean, TPower power) =>
        Vector.EqualsAll(weights, Vector<T>.Zero)
            ? Vector<T>.Zero
            : Weighted(power.SlopeOfWeight(weights) * (upstream - mean), weights);

    /// <summary>Zero where the weight is, whatever the number.</summary>
    private static Vector<T> Weighted(Vector<T> number, Vector<T> weights) =>
        Vector.ConditionalSelect(Vector.Equals(weights, Vector<T>.Zero), Vector<T>.Zero, number);

    /// <summary>The largest number; what is NaN may get lost.</summary>
    private static T Highest(ReadOnlySpan<Vector<T>> whole, Vector<T> rest)
    {
        var (even, odd) = (rest, rest); // two, so that one need not wait for the other
        for (var i = 0; i + 1 < whole.Length; i += 2)
        {
            even = Vector.MaxNative(even, whole[i]);
            odd = Vector.MaxNative(odd, whole[i + 1]);
        }
        if (whole.Length > 0) odd = Vector.MaxNative(odd, whole[^1]);
        even = Vector.MaxNative(even, odd);
        var highest = even[0];
        for (var lane = 1; lane < Vector<T>.Count; lane++) highest = T.Max(highest, even[lane]);
        return highest;
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

    private static ReadOnlySpan<Vector<T>> Whole(ReadOnlySpan<T> row) => MemoryMarshal.Cast<T, Vector<T>>(row);

    /// <summary>What of a row does not fill a vector, filled up.</summary>
    private static Vector<T> Rest(ReadOnlySpan<T> row, T filler)
    {
        Span<T> numbers = stackalloc T[Vector<T>.Count];
        numbers.Fill(filler);
        row[(row.Length - (row.Length % Vector<T>.Count))..].CopyTo(numbers);
        return new Vector<T>(numbers);
    }

    private static void Write(Vector<T> rest, Span<T> row)
    {
        for (var (lane, j) = (0, row.Length - (row.Length % Vector<T>.Count)); j < row.Length; lane++, j++) row[j] = rest[lane];
    }
}
