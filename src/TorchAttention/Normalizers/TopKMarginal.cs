using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>
/// Trains on the expected context over the k likeliest keys: weight_j = p_j / Σ p over those keys, p = softmax(scores), and zero
/// for the others; chooses one key only in eval mode.
/// </summary>
/// <remarks>
/// <para>
/// Exact gradients without variance, but of another objective, and keys beyond the k likeliest get none; k = 1 is the choice
/// itself, without any gradient, k ≥ s is <see cref="Expectation"/>. The first of tied keys are kept, as the choice does.
/// </para>
/// <para>
/// The sources marginalise what the model puts out: Σ weight_j · loss(output(value_j)), which runs all that follows the attention
/// once per kept key. Here the values are averaged before what follows: loss(output(Σ weight_j · value_j)), in one run. The two
/// are equal only where what follows is affine in the context, the loss included. Sources: Shankar, Garg and Sarawagi (2018);
/// Correia et al. (2020).
/// </para>
/// </remarks>
public sealed class TopKMarginal : HardEstimator
{
    private readonly long k;

    /// <summary>Creates the estimator.</summary>
    /// <param name="k">How many keys share the weight in training.</param>
    /// <exception cref="ArgumentOutOfRangeException">k is not positive.</exception>
    public TopKMarginal(long k)
        : base(nameof(TopKMarginal))
    {
        this.k = Guard.Size(k, nameof(k));
        RegisterComponents();
    }

    /// <inheritdoc/>
    protected override Tensor Estimate(Tensor scores) => TopK.Over(scores, k);
}
