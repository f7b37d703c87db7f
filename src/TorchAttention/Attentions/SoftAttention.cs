namespace TorchAttention;

/// <summary>Global attention with any score and any normalizer: context = normalizer(score(q, k)) v.</summary>
/// <remarks>
/// With <see cref="AdditiveScore"/> it is Bahdanau's attention, with <see cref="BilinearScore"/> Luong's "general" one.
/// query (…, l, d), key (…, s, d), value (…, s, e) → context (…, l, e); the score decides whether the sizes of query and key
/// may differ. Sources: Bahdanau, Cho and Bengio (2015); Luong, Pham and Manning (2015).
/// </remarks>
public sealed class SoftAttention : ScoredAttention
{
    /// <summary>Creates the attention.</summary>
    /// <param name="score">How alike a query and a key are; becomes a submodule.</param>
    /// <param name="normalizer">What turns scores into weights; null for <see cref="Softmax"/>.</param>
    /// <param name="dropout">The probability with which a weight is dropped in training.</param>
    /// <exception cref="ArgumentException">The score is null, or the dropout is not in [0, 1).</exception>
    public SoftAttention(Score score, Normalizer? normalizer = null, double dropout = 0)
        : base(nameof(SoftAttention), score, normalizer ?? new Softmax(), dropout) => RegisterComponents();
}
