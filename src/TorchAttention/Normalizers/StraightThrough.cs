using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>
/// Straight-through estimator: forward is the one-hot choice, backward pretends that it was softmax(scores / temperature).
/// </summary>
/// <remarks>The gradient is biased, but has no variance. Source: Bengio, Léonard and Courville (2013).</remarks>
public sealed class StraightThrough : HardEstimator
{
    private readonly double temperature;

    /// <summary>Creates the estimator.</summary>
    /// <param name="temperature">What the scores are divided by in the backward pass: the lower, the sharper.</param>
    /// <exception cref="ArgumentOutOfRangeException">The temperature is not positive and finite.</exception>
    public StraightThrough(double temperature = 1)
        : base(nameof(StraightThrough))
    {
        this.temperature = Guard.Positive(temperature, nameof(temperature));
        RegisterComponents();
    }

    /// <inheritdoc/>
    protected override Tensor Estimate(Tensor scores)
    {
        var soft = scores.Over(temperature).softmax(-1);
        return Numbers.Sum(Choose(scores), soft - soft.detach()); // the difference is zero: it only carries the gradient
    }
}
