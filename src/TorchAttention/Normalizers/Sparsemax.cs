using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>The distribution nearest to the scores: weight_j = max(score_j - τ, 0), with τ such that the weights sum to one.</summary>
/// <remarks>
/// Keys whose score is below the threshold τ get weight zero exactly, and no gradient. It is <see cref="Entmax"/> with α = 2.
/// Source: Martins and Astudillo (2016); τ is found by Newton's method, which needs no sorting.
/// </remarks>
public sealed class Sparsemax : Normalizer
{
    /// <summary>Creates the normalizer.</summary>
    public Sparsemax()
        : base(nameof(Sparsemax)) => RegisterComponents();

    /// <inheritdoc/>
    protected override Tensor Normalize(Tensor scores) => Distribute(scores, null);

    private protected override Tensor Distribute(Tensor scores, Tensor? allowed) => EntmaxFunction.Apply(scores, 2, allowed);
}
