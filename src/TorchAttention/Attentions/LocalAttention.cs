namespace TorchAttention;

/// <summary>Local attention: each query attends to the keys in a window around its own position.</summary>
/// <remarks>
/// <para>
/// Position p sees the keys p + m · dilation for m from -left to right, left + right + 1 keys with itself; query i stands at
/// position p = i + s - l, so that the last query stands at the last key. The first globalTokens positions see every key and are
/// seen by every query. It is <see cref="SoftAttention"/> under <see cref="AttentionMask.Window"/> and
/// <see cref="AttentionMask.Global"/>; a caller's mask restricts it further.
/// </para>
/// <para>
/// Luong's local-m, whose positions count from the start of the keys, is
/// <c>new LocalAttention(score, AttentionMask.WindowTopLeft(D, D))</c>; the window that a query predicts itself is
/// <see cref="PredictiveLocalAttention"/>.
/// </para>
/// <para>
/// query (…, l, d), key (…, s, d), value (…, s, e) → context (…, l, e). Sources: Beltagy, Peters and Cohan (2020), here without
/// their separate projections for global positions; Luong, Pham and Manning (2015).
/// </para>
/// </remarks>
public sealed class LocalAttention : ScoredAttention
{
    private readonly AttentionMask window;

    /// <summary>Creates local attention with the scaled dot product.</summary>
    /// <param name="queryDim">d, the size of a query.</param>
    /// <param name="keyDim">The size of a key, which must be d as well.</param>
    /// <param name="valueDim">e, the size of a value.</param>
    /// <param name="left">How many keys before the position, at least 0.</param>
    /// <param name="right">How many keys after the position, at least 0; with 0 the attention is causal but for global positions.</param>
    /// <param name="dropout">The probability with which a weight is dropped in training.</param>
    /// <param name="dilation">The distance from one key of the window to the next, at least 1.</param>
    /// <param name="globalTokens">How many positions, from the first on, see all and are seen by all.</param>
    /// <exception cref="ArgumentException">The sizes differ or are not positive, or another argument is out of range.</exception>
    public LocalAttention(
        long queryDim, long keyDim, long valueDim, long left, long right, double dropout = 0, long dilation = 1, long globalTokens = 0)
        : base(
            nameof(LocalAttention), new ScaledDotScore(Guard.SameSize(queryDim, keyDim)), new Softmax(), dropout, valueDim)
    {
        window = Window(left, right, dilation, globalTokens);
        RegisterComponents();
    }

    /// <summary>Creates local attention with any score and any normalizer.</summary>
    /// <param name="score">How alike a query and a key are; becomes a submodule.</param>
    /// <param name="left">How many keys before the position, at least 0.</param>
    /// <param name="right">How many keys after the position, at least 0; with 0 the attention is causal but for global positions.</param>
    /// <param name="normalizer">What turns scores into weights; null for <see cref="Softmax"/>.</param>
    /// <param name="dropout">The probability with which a weight is dropped in training.</param>
    /// <param name="dilation">The distance from one key of the window to the next, at least 1.</param>
    /// <param name="globalTokens">How many positions, from the first on, see all and are seen by all.</param>
    /// <exception cref="ArgumentException">The score is null, or another argument is out of range.</exception>
    public LocalAttention(
        Score score, long left, long right, Normalizer? normalizer = null, double dropout = 0, long dilation = 1, long globalTokens = 0)
        : this(score, Window(left, right, dilation, globalTokens), normalizer, dropout)
    {
    }

    /// <summary>Creates local attention with any score, any normalizer and any window.</summary>
    /// <param name="score">How alike a query and a key are; becomes a submodule.</param>
    /// <param name="window">Which pairs lie in the window, whatever mask a caller adds.</param>
    /// <param name="normalizer">What turns scores into weights; null for <see cref="Softmax"/>.</param>
    /// <param name="dropout">The probability with which a weight is dropped in training.</param>
    /// <exception cref="ArgumentException">The score or the window is null, or the dropout is not in [0, 1).</exception>
    public LocalAttention(Score score, AttentionMask window, Normalizer? normalizer = null, double dropout = 0)
        : base(nameof(LocalAttention), score, normalizer ?? new Softmax(), dropout)
    {
        this.window = Guard.NotNull(window, nameof(window));
        RegisterComponents();
    }

    private protected override AttentionMask Restrict(AttentionMask? mask) => mask is null ? window : mask & window;

    private static AttentionMask Window(long left, long right, long dilation, long globalTokens)
    {
        var window = AttentionMask.Window(left, right, dilation);
        return Guard.NotNegative(globalTokens, nameof(globalTokens)) == 0 ? window : window | AttentionMask.Global(globalTokens);
    }
}
