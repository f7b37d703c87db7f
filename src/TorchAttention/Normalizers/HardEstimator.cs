using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>
/// Hard attention as a normalizer: in eval mode all weight goes to the key of highest score, the first one on ties; in training
/// mode the estimator decides what is returned and how a gradient passes a choice that has none.
/// </summary>
/// <remarks>
/// <see cref="HardAttention"/> compares the estimators. One of your own derives from this class and implements
/// <see cref="Estimate"/>, for which <see cref="Choose"/> and <see cref="WithGradient"/> are the parts.
/// </remarks>
public abstract class HardEstimator : Normalizer
{
    /// <summary>Creates an estimator.</summary>
    /// <param name="name">The module's name.</param>
    protected HardEstimator(string name)
        : base(name)
    {
    }

    /// <inheritdoc/>
    protected sealed override Tensor Normalize(Tensor scores) => training ? Estimate(scores) : Choose(scores);

    /// <summary>The weights in training.</summary>
    /// <param name="scores">As <see cref="Normalizer.Normalize"/> gets them.</param>
    /// <returns>The weights (…, l, s).</returns>
    protected abstract Tensor Estimate(Tensor scores);

    /// <summary>One-hot at the highest score of each row, the first one on ties; no gradient passes.</summary>
    /// <param name="scores">(…, l, s).</param>
    /// <returns>Zeros and ones (…, l, s).</returns>
    protected static Tensor Choose(Tensor scores)
    {
        var choice = scores.detach().argmax(-1, keepdim: true); // (…, l, 1)
        var positions = Numbers.Range(0, scores.size(-1), ScalarType.Int64, scores.device);
        return positions.eq(choice).to(scores.dtype);
    }

    /// <summary>A choice with the gradient of something soft: forward is the one, backward the other.</summary>
    /// <param name="choice">What is returned, (…, l, s).</param>
    /// <param name="soft">What the gradient flows through, (…, l, s).</param>
    /// <returns>The numbers of <paramref name="choice"/>.</returns>
    protected static Tensor WithGradient(Tensor choice, Tensor soft) =>
        Numbers.Sum(choice, soft - soft.detach()); // the difference is zero: it only carries the gradient
}
