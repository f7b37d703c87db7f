namespace TorchAttention;

/// <summary>Soft attention with the scaled dot product: context = softmax(q kᵀ · scale) v, with scale = 1/√d unless given.</summary>
/// <remarks>
/// Global: every query attends to every key, so time and memory grow with l · s. It has no parameters.
/// query (…, l, d), key (…, s, d), value (…, s, e) → context (…, l, e). Source: Vaswani et al. (2017).
/// </remarks>
public sealed class ScaledDotProductAttention : ScoredAttention
{
    /// <summary>Creates the attention.</summary>
    /// <param name="queryDim">d, the size of a query.</param>
    /// <param name="keyDim">The size of a key, which must be d as well.</param>
    /// <param name="valueDim">e, the size of a value.</param>
    /// <param name="scale">The factor of the scores; null for 1/√d.</param>
    /// <param name="dropout">The probability with which a weight is dropped in training.</param>
    /// <exception cref="ArgumentException">The sizes differ or are not positive, or another argument is out of range.</exception>
    public ScaledDotProductAttention(long queryDim, long keyDim, long valueDim, double? scale = null, double dropout = 0)
        : base(
            nameof(ScaledDotProductAttention), new ScaledDotScore(Guard.SameSize(queryDim, keyDim), scale), new Softmax(),
            dropout, valueDim) => RegisterComponents();
}
