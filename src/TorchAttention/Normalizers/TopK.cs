using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>Softmax over the k highest scores of each row; every other key gets weight zero and no gradient.</summary>
/// <remarks>
/// weight_j = exp(score_j) / Σ exp(score) over the k highest, zero elsewhere. scores (…, l, s) → weights (…, l, s). Among equal
/// scores the first are taken. With k of at least the number of keys it is <see cref="Softmax"/>. Source: Gupta et al. (2021).
/// </remarks>
public sealed class TopK : Normalizer
{
    private readonly long k;

    /// <summary>Creates the normalizer.</summary>
    /// <param name="k">How many keys a query may attend to.</param>
    /// <exception cref="ArgumentOutOfRangeException">k is not positive.</exception>
    public TopK(long k)
        : base(nameof(TopK))
    {
        this.k = Guard.Size(k, nameof(k));
        RegisterComponents();
    }

    /// <inheritdoc/>
    protected override Tensor Normalize(Tensor scores) => Over(scores, k);

    /// <summary>Softmax over the k highest scores.</summary>
    internal static Tensor Over(Tensor scores, long k) =>
        (k < scores.size(-1) ? scores.Fill(Lower(scores.detach(), k), double.NegativeInfinity) : scores).softmax(-1);

    /// <summary>True but for the k highest; torch's own top-k takes any of the equal ones.</summary>
    private static Tensor Lower(Tensor scores, long k)
    {
        var last = scores.topk((int)k, -1).values.narrow(-1, k - 1, 1); // (…, l, 1)
        var tied = scores.eq(last);
        var higher = scores.greater(last);
        var room = higher.sum(-1, keepdim: true).neg().Plus(k);
        var first = tied.logical_and(tied.cumsum(-1).less_equal(room));
        return higher.logical_or(first).logical_not();
    }
}
