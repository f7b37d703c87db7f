using System.Numerics;
using System.Runtime.InteropServices;

namespace TorchAttention;

/// <summary>Entmax of one row on the CPU, forward and backward, in buffers that stay in the cache.</summary>
internal readonly struct EntmaxRow<T, TPower>
    where T : unmanaged, IFloatingPointIeee754<T>
    where TPower : IEntmaxPower<T>
{
    private readonly Vector<T>[] numbers;
    private readonly Vector<T>[] gradients;

    /// <summary>Makes the buffers for rows of one size; what fills up the last vector is absent.</summary>
    internal EntmaxRow(long size)
    {
        numbers = new Vector<T>[(size + Vector<T>.Count - 1) / Vector<T>.Count];
        gradients = new Vector<T>[numbers.Length];
    }

    /// <summary>The weights of a row of scores, minus infinity where one is absent.</summary>
    internal void Normalize(ReadOnlySpan<T> scores, Span<T> weights, TPower power)
    {
        Fill(numbers, scores, T.NegativeInfinity);
        Shift(power.Scale);
        var (threshold, mass) = Threshold(power);
        foreach (ref var number in numbers.AsSpan())
        {
            var residual = Vector.MaxNative(number - new Vector<T>(threshold), Vector<T>.Zero);
            number = power.SlopeOfResidual(residual) * residual / mass;
        }
        Flat(numbers)[..weights.Length].CopyTo(weights);
    }

    /// <summary>The gradient of a row of scores: slope · (upstream - its mean under the slopes).</summary>
    internal void Differentiate(ReadOnlySpan<T> weights, ReadOnlySpan<T> upstream, Span<T> gradient, TPower power)
    {
        Fill(numbers, weights, T.Zero);
        Fill(gradients, upstream, T.Zero);
        var (slopes, products) = (Vector<T>.Zero, Vector<T>.Zero);
        for (var i = 0; i < numbers.Length; i++)
        {
            numbers[i] = power.SlopeOfWeight(numbers[i]);
            slopes += numbers[i];
            products += numbers[i] * gradients[i];
        }
        var mean = new Vector<T>(Vector.Sum(products) / Vector.Sum(slopes));
        for (var i = 0; i < numbers.Length; i++) numbers[i] *= gradients[i] - mean;
        Flat(numbers)[..gradient.Length].CopyTo(gradient);
    }

    /// <summary>(α - 1) (z - max z): the highest score is zero, so that nothing is lost when all are large.</summary>
    private void Shift(T scale)
    {
        var highest = numbers[0];
        foreach (var number in numbers) highest = Vector.Max(highest, number);
        var most = highest[0];
        for (var lane = 1; lane < Vector<T>.Count; lane++) most = T.Max(most, highest[lane]);
        foreach (ref var number in numbers.AsSpan()) number = (number - new Vector<T>(most)) * scale;
    }

    /// <summary>
    /// τ between -1 and 0 where the weights have mass one, by Newton's method: for α ≤ 2 the mass is convex in τ, so that the steps
    /// from the left do not go past it. For α > 2 it is not, and the bracket is halved.
    /// </summary>
    private (T Threshold, T Mass) Threshold(TPower power)
    {
        var half = T.One / (T.One + T.One);
        var (low, high, threshold) = (-T.One, T.Zero, -T.One);
        while (true)
        {
            var (mass, slope) = Mass(threshold, power);
            if (mass >= T.One) low = threshold;
            else high = threshold;
            var next = power.Scale <= T.One ? threshold + ((mass - T.One) * power.Scale / slope) : (low + high) * half;
            // No number is left between the two, or some score is NaN.
            if (!(next > low && next < high)) return (threshold, mass);
            threshold = next;
        }
    }

    /// <summary>Σ p and Σ slope for a threshold.</summary>
    private (T Mass, T Slope) Mass(T threshold, TPower power)
    {
        var (mass, sum) = (Vector<T>.Zero, Vector<T>.Zero);
        foreach (var number in numbers)
        {
            var residual = Vector.MaxNative(number - new Vector<T>(threshold), Vector<T>.Zero);
            var slope = power.SlopeOfResidual(residual);
            sum += slope;
            mass += slope * residual;
        }
        return (Vector.Sum(mass), Vector.Sum(sum));
    }

    private static void Fill(Vector<T>[] buffer, ReadOnlySpan<T> row, T rest)
    {
        var target = Flat(buffer);
        row.CopyTo(target);
        target[row.Length..].Fill(rest);
    }

    private static Span<T> Flat(Vector<T>[] buffer) => MemoryMarshal.Cast<Vector<T>, T>(buffer.AsSpan());
}
