using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>
/// The family from softmax (α → 1) over <see cref="Entmax15"/> to <see cref="Sparsemax"/> (α = 2) and sparser:
/// weight_j = max((α - 1) score_j - τ, 0)^(1 / (α - 1)), with τ such that the weights sum to one.
/// </summary>
/// <remarks>
/// <para>
/// A learnable α is 1.01 + 0.99 σ(a) with a parameter a, so that it stays between 1.01, all but softmax, and 2; one for all scores
/// or one for each head. Its gradient is exact.
/// </para>
/// <para>
/// scores (…, l, s), or (…, h, l, s) with an α per head. Sources: Peters, Niculae and Martins (2019); for the learnable α per head
/// Correia, Niculae and Martins (2019), whose α lies between 1 and 2. τ is found by Newton's method (by bisection for α &gt; 2).
/// </para>
/// </remarks>
public sealed class Entmax : Normalizer
{
    private const double Least = 1.01;
    private const double Most = 2;

    private readonly double alpha;

    [ComponentName(Name = "alpha_logit")]
    private readonly Parameter? alphaLogit;

    /// <summary>Creates the normalizer.</summary>
    /// <param name="alpha">α, greater than 1; where it is learnable what it starts with, between 1.01 and 2.</param>
    /// <param name="learnable">Whether α is learned.</param>
    /// <param name="heads">h, for a learnable α per head; null for one α.</param>
    /// <exception cref="ArgumentOutOfRangeException">α is out of its range, or the number of heads is not positive.</exception>
    /// <exception cref="ArgumentException">Heads are given for an α that is not learnable.</exception>
    public Entmax(double alpha = 1.5, bool learnable = false, long? heads = null)
        : base(nameof(Entmax))
    {
        this.alpha = Guard.Between(alpha, learnable ? Least : 1, learnable ? Most : double.PositiveInfinity, nameof(alpha));
        Guard.Size(heads, nameof(heads));
        if (heads is not null && !learnable) throw new ArgumentException("heads are for a learnable alpha.", nameof(heads));
        if (learnable)
        {
            var share = (alpha - Least) / (Most - Least);
            alphaLogit = new Parameter(full(heads ?? 1, Math.Log(share / (1 - share)), device: CPU));
            // The parameter must outlive a dispose scope that the module is made in.
            alphaLogit.DetachFromDisposeScope();
        }
        RegisterComponents();
    }

    /// <inheritdoc/>
    protected override Tensor Normalize(Tensor scores) => Distribute(scores, null);

    private protected override Tensor Distribute(Tensor scores, Tensor? allowed) => alphaLogit is null
        ? EntmaxFunction.Apply(scores, alpha, allowed)
        : EntmaxFunction.Apply(scores, Heads.Over(scores, alphaLogit).sigmoid().Times(Most - Least).Plus(Least), allowed);
}
