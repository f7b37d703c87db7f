using System.Numerics;
using static TorchSharp.torch;

namespace TorchAttention;

public abstract partial class AttentionBias
{
    /// <summary>Attention with linear biases: the farther a key is, the lower its score, by a slope of each head's own.</summary>
    /// <remarks>
    /// <code>
    /// bias[h, i, j] = -slope[h] · |j - p|,  p = i + s - l
    /// slope[h]      = 2^(-8 (h + 1) / H)                for a number of heads H that is a power of two
    /// </code>
    /// <para>
    /// Else the first slopes are those of the power of two below H, and the rest are every other slope of the power above it. The
    /// bias (h, l, s) fits scores (b, h, l, s) and (h, l, s); with one head it is (l, s). It is symmetric, so that it needs no
    /// causal mask. Source: Press, Smith and Lewis (2022), whose bias has no keys after the query.
    /// </para>
    /// </remarks>
    /// <param name="heads">H, the number of heads.</param>
    /// <returns>The bias.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The number is not positive.</exception>
    public static AttentionBias Alibi(long heads) => new AlibiBias(Slopes(Guard.Size(heads, nameof(heads))));

    /// <summary>The same with slopes of your own.</summary>
    /// <param name="slopes">One per head; the values are copied.</param>
    /// <returns>The bias.</returns>
    /// <exception cref="ArgumentException">There is no slope, or one is not finite.</exception>
    public static AttentionBias Alibi(double[] slopes)
    {
        ArgumentNullException.ThrowIfNull(slopes);
        if (slopes.Length == 0) throw new ArgumentException("slopes is empty; it has one per head.", nameof(slopes));
        foreach (var slope in slopes) Guard.Finite(slope, nameof(slopes));
        return new AlibiBias([.. slopes]);
    }

    private static double[] Slopes(long heads)
    {
        var below = 1L << BitOperations.Log2((ulong)heads); // the largest power of two that is not above
        var slopes = new double[heads];
        for (var h = 0L; h < heads; h++)
            slopes[h] = Math.Pow(2, -8 * (h < below ? h + 1 : h - below + 0.5) / below);
        return slopes;
    }

    private sealed class AlibiBias(double[] slopes) : DistanceBias
    {
        protected override Tensor Diagonals(AttentionShape shape)
        {
            // At least in float32: bfloat16 cannot count beyond 256.
            var precise = shape.DType == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32;
            var distance = Numbers.Range(-shape.KeyLength, shape.QueryLength, precise, shape.Device).abs();
            var factors = tensor(Array.ConvertAll(slopes, slope => -slope), dtype: precise, device: shape.Device);
            return factors.unsqueeze(-1) * distance; // (h, l + s)
        }
    }
}
