using System.Numerics;
using System.Runtime.InteropServices;

namespace TorchAttention;

/// <summary>The gradient of entmax, or of softmax, for one row on the CPU, from its weights alone: zero where a weight is.</summary>
internal static class EntmaxGradient<T, TSlope>
    where T : unmanaged, IFloatingPointIeee754<T>
    where TSlope : IEntmaxSlope<T>
{
    /// <summary>The gradient of a row of scores: slope · (upstream - its mean under the slopes).</summary>
    internal static void Differentiate(ReadOnlySpan<T> weights, ReadOnlySpan<T> upstream, Span<T> gradient, TSlope slopeOf)
    {
        var whole = RowVectors.Whole(weights);
        var given = RowVectors.Whole(upstream);
        var (rest, givenRest) = (RowVectors.Rest(weights, T.Zero), RowVectors.Rest(upstream, T.Zero));
        var slopes = slopeOf.SlopeOfWeight(rest);
        var products = Weighted(slopes * givenRest, rest);
        for (var i = 0; i < whole.Length; i++)
        {
            if (Vector.EqualsAll(whole[i], Vector<T>.Zero)) continue;
            var slope = slopeOf.SlopeOfWeight(whole[i]);
            slopes += slope;
            products += Weighted(slope * given[i], whole[i]);
        }
        var mean = new Vector<T>(Vector.Sum(products) / Vector.Sum(slopes));
        var target = MemoryMarshal.Cast<T, Vector<T>>(gradient);
        for (var i = 0; i < whole.Length; i++) target[i] = Gradient(whole[i], given[i], mean, slopeOf);
        RowVectors.Write(Gradient(rest, givenRest, mean, slopeOf), gradient);
    }

    private static Vector<T> Gradient(Vector<T> weights, Vector<T> upstream, Vector<T> mean, TSlope slopeOf) =>
        Vector.EqualsAll(weights, Vector<T>.Zero)
            ? Vector<T>.Zero
            : Weighted(slopeOf.SlopeOfWeight(weights) * (upstream - mean), weights);

    /// <summary>Zero where the weight is, whatever the number.</summary>
    private static Vector<T> Weighted(Vector<T> number, Vector<T> weights) =>
        Vector.ConditionalSelect(Vector.Equals(weights, Vector<T>.Zero), Vector<T>.Zero, number);
}
