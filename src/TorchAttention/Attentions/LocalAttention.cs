namespace TorchAttention;

/// <summary>Local attention: each query attends to the keys in a window around its own position.</summary>
/// <remarks>
/// Position p sees keys p - left … p + right, both ends included, left + right + 1 keys; query i stands at position
/// p = i + s - l, so that the last query stands at the last key. It is <see cref="SoftAttention"/> under
/// <see cref="AttentionMask.Window"/>; a caller's mask restricts it further. query (…, l, d), key (…, s, d),
/// value (…, s, e) → context (…, l, e). Sources: Luong, Pham and Manning (2015), "local-m"; Beltagy, Peters and Cohan (2020).
/// </remarks>
public sealed class LocalAttention : ScoredAttention
{
    private readonly AttentionMask window;

    /// <summary>Creates local attention with the scaled dot product.</summary>
    /// <param name="queryDim">d, the size of a query.</param>
    /// <param name="keyDim">The size of a key, which must be d as well.</param>
    /// <param name="valueDim">e, the size of a value.</param>
    /// <param name="left">How many keys before the position, at least 0.</param>
    /// <param name="right">How many keys after the position, at least 0; with 0 the attention is causal.</param>
    /// <param name="dropout">The probability with which a weight is dropped in training.</param>
    /// <exception cref="ArgumentException">The sizes differ or are not positive, or another argument is out of range.</exception>
    public LocalAttention(long queryDim, long keyDim, long valueDim, long left, long right, double dropout = 0)
        : base(
            nameof(LocalAttention), new ScaledDotScore(Guard.SameSize(queryDim, keyDim)), new Softmax(), dropout, valueDim)
    {
        window = AttentionMask.Window(left, right);
        RegisterComponents();
    }

    /// <summary>Creates local attention with any score and any normalizer.</summary>
    /// <param name="score">How alike a query and a key are; becomes a submodule.</param>
    /// <param name="left">How many keys before the position, at least 0.</param>
    /// <param name="right">How many keys after the position, at least 0; with 0 the attention is causal.</param>
    /// <param name="normalizer">What turns scores into weights; null for <see cref="Softmax"/>.</param>
    /// <param name="dropout">The probability with which a weight is dropped in training.</param>
    /// <exception cref="ArgumentException">The score is null, or another argument is out of range.</exception>
    public LocalAttention(Score score, long left, long right, Normalizer? normalizer = null, double dropout = 0)
        : base(nameof(LocalAttention), score, normalizer ?? new Softmax(), dropout)
    {
        window = AttentionMask.Window(left, right);
        RegisterComponents();
    }

    private protected override AttentionMask Restrict(AttentionMask? mask) => mask is null ? window : mask & window;
}
