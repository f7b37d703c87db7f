using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>Any score, kept between -cap and cap: cap · tanh(score / cap).</summary>
/// <remarks>
/// Small scores stay what they are, large ones lose their gradient little by little, so no softmax over them saturates for good. The
/// sizes of query and key are those of the score inside. Sources: Bello et al. (2017); Gemma 2 (Gemma Team, 2024), cap 50.
/// </remarks>
public sealed class SoftcapScore : Score
{
    private readonly Score inner;
    private readonly double cap;

    /// <summary>Creates the score.</summary>
    /// <param name="inner">The score to be capped; becomes a submodule.</param>
    /// <param name="cap">The bound.</param>
    /// <exception cref="ArgumentNullException">The inner score is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The cap is not positive and finite.</exception>
    public SoftcapScore(Score inner, double cap)
        : base(nameof(SoftcapScore), Guard.NotNull(inner, nameof(inner)).QueryDim, inner.KeyDim)
    {
        this.inner = inner;
        this.cap = Guard.Positive(cap, nameof(cap));
        RegisterComponents();
    }

    /// <inheritdoc/>
    protected internal override Tensor Prepare(Tensor key) => inner.Prepare(key);

    /// <inheritdoc/>
    protected internal override Tensor Compare(Tensor query, Tensor preparedKey) =>
        inner.Compare(query, preparedKey).Over(cap).tanh().Times(cap);

    internal override long Breadth(Tensor preparedKey) => inner.Breadth(preparedKey);

    internal override (Tensor Query, double Scale)? Product(Tensor query) => inner.Cap is null ? inner.Product(query) : null;

    internal override double? Cap => cap;
}
