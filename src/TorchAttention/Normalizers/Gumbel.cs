using TorchSharp;
using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>
/// Straight-through Gumbel-softmax: forward is a key sampled from softmax(scores), as the one-hot argmax of scores + noise,
/// backward pretends that it was softmax((scores + noise) / temperature).
/// </summary>
/// <remarks>
/// <para>
/// The noise is Gumbel(0, 1) = -log(-log u), u uniform, one number per pair, which makes the argmax a sample. The gradient is
/// biased, less so at a low temperature, where its variance is high: it pays to start high and to lower the temperature while
/// training, as <see cref="TemperatureSchedule"/> does.
/// </para>
/// <para>
/// The noise is drawn on the inputs' device, from torch's generator there, or on the CPU from one of your own, which gives the same
/// noise for every device: the estimator's, or the <see cref="RandomSource"/> of the thread.
/// Sources: Jang, Gu and Poole (2017); Maddison, Mnih and Teh (2017).
/// </para>
/// </remarks>
public sealed class Gumbel : HardEstimator
{
    private readonly Func<Tensor, Tensor> noise;
    private double temperature;

    /// <summary>Creates the estimator.</summary>
    /// <param name="temperature">What the noisy scores are divided by in the backward pass: the lower, the sharper.</param>
    /// <param name="generator">Where the noise comes from: a generator on the CPU, for inputs on any device; null for torch's own.</param>
    /// <exception cref="ArgumentException">The temperature is not positive and finite, or the generator is not on the CPU.</exception>
    public Gumbel(double temperature = 1, Generator? generator = null)
        : this(temperature, scores => GumbelNoise.Like(scores, generator)) => Guard.OnCpu(generator, nameof(generator));

    internal Gumbel(double temperature, Func<Tensor, Tensor> noise)
        : base(nameof(Gumbel))
    {
        this.noise = noise;
        Temperature = temperature;
        RegisterComponents();
    }

    /// <summary>What the noisy scores are divided by in the backward pass. No part of the state_dict.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The temperature is not positive and finite.</exception>
    public double Temperature
    {
        get => temperature;
        set => temperature = Guard.Positive(value, nameof(temperature));
    }

    /// <inheritdoc/>
    protected override Tensor Estimate(Tensor scores)
    {
        var noisy = Numbers.Sum(scores, noise(scores)); // (…, l, s)
        return WithGradient(Choose(noisy), noisy.Over(temperature).softmax(-1));
    }
}
