using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>
/// Straight-through estimator: forward is the one-hot choice, backward pretends that it was softmax(scores / temperature).
/// </summary>
/// <remarks>The gradient is biased, but has no variance. Source: Bengio, Léonard and Courville (2013).</remarks>
public sealed class StraightThrough : HardEstimator
{
    private double temperature;

    /// <summary>Creates the estimator.</summary>
    /// <param name="temperature">What the scores are divided by in the backward pass: the lower, the sharper.</param>
    /// <exception cref="ArgumentOutOfRangeException">The temperature is not positive and finite.</exception>
    public StraightThrough(double temperature = 1)
        : base(nameof(StraightThrough))
    {
        Temperature = temperature;
        RegisterComponents();
    }

    /// <summary>What the scores are divided by in the backward pass. No part of the state_dict.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The temperature is not positive and finite.</exception>
    public double Temperature
    {
        get => temperature;
        set => temperature = Guard.Positive(value, nameof(temperature));
    }

    /// <inheritdoc/>
    protected override Tensor Estimate(Tensor scores) => WithGradient(Choose(scores), scores.Over(temperature).softmax(-1));
}
