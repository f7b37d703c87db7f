using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>
/// Halfway between softmax and sparsemax: weight_j = max(score_j / 2 - τ, 0)², with τ such that the weights sum to one.
/// </summary>
/// <remarks>
/// It is <see cref="Entmax"/> with α = 1.5: sparse, but with a smooth start where a weight leaves zero.
/// Source: Peters, Niculae and Martins (2019); τ is found by Newton's method, which needs no sorting.
/// </remarks>
public sealed class Entmax15 : Normalizer
{
    /// <summary>Creates the normalizer.</summary>
    public Entmax15()
        : base(nameof(Entmax15)) => RegisterComponents();

    /// <inheritdoc/>
    protected override Tensor Normalize(Tensor scores) => Distribute(scores, null);

    private protected override Tensor Distribute(Tensor scores, Tensor? allowed) => EntmaxFunction.Apply(scores, 1.5, allowed);
}
