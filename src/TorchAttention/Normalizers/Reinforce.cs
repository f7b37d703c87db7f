using TorchSharp;
using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>
/// The score-function estimator: in training each query takes a key sampled from p = softmax(scores), and no gradient passes the
/// choice; the scores learn from a reward, by the loss that <see cref="ReinforceLoss"/> makes of it.
/// </summary>
/// <remarks>
/// <para>
/// The gradient is unbiased for the expected reward, but of high variance; a baseline, an entropy bonus and semi-sampling help.
/// Semi-sampling: with the given probability an example (an item of the first dimension, or the whole of an unbatched input)
/// takes its expected value instead, that is the soft weights p, with the gradient through them, and has no sample.
/// </para>
/// <para>
/// Sources: Williams (1992); Xu et al. (2015), who take the expected value for half of the examples. Each example has a toss of its
/// own here, as in their text; in their code one decides for a whole batch.
/// </para>
/// </remarks>
public sealed class Reinforce : HardEstimator
{
    private readonly Func<Tensor, Tensor> noise;
    private readonly double semiSampling;
    private readonly Generator? generator;

    /// <summary>Creates the estimator.</summary>
    /// <param name="semiSampling">The probability with which an example takes the expected value instead of a sample.</param>
    /// <param name="generator">Where samples come from: a generator on the CPU, for inputs on any device; null for torch's own.</param>
    /// <exception cref="ArgumentException">The probability is not in [0, 1), or the generator is not on the CPU.</exception>
    public Reinforce(double semiSampling = 0, Generator? generator = null)
        : this(semiSampling, scores => GumbelNoise.Like(scores, generator)) => this.generator = Guard.OnCpu(generator, nameof(generator));

    internal Reinforce(double semiSampling, Func<Tensor, Tensor> noise)
        : base(nameof(Reinforce))
    {
        this.noise = noise;
        this.semiSampling = Guard.Probability(semiSampling, nameof(semiSampling));
        RegisterComponents();
    }

    /// <inheritdoc/>
    protected override Tensor Estimate(Tensor scores)
    {
        var sample = Choose(Numbers.Sum(scores, noise(scores)));
        return semiSampling == 0 ? sample : where(Toss(scores), scores.softmax(-1), sample);
    }

    /// <summary>True for the examples that take the expected value: (b, 1, …), or all ones where there is no batch.</summary>
    private Tensor Toss(Tensor scores)
    {
        var shape = Enumerable.Repeat(1L, (int)scores.dim()).ToArray();
        if (shape.Length > 2) shape[0] = scores.size(0);
        var source = generator ?? RandomSource.Current;
        return empty(shape, dtype: ScalarType.Bool, device: GumbelNoise.Place(scores, source)).bernoulli_(semiSampling, source)
            .to(scores.device);
    }
}
