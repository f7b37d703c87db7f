using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>The scaled dot product: score = scale · (q · k), with scale = 1/√d unless given.</summary>
/// <remarks>Source: Vaswani et al. (2017).</remarks>
public sealed class ScaledDotScore : Score
{
    private readonly double scale;

    /// <summary>Creates the score.</summary>
    /// <param name="dim">d, the size of queries and keys.</param>
    /// <param name="scale">The factor; null for 1/√d.</param>
    /// <exception cref="ArgumentOutOfRangeException">The size is not positive, or the scale is not finite.</exception>
    public ScaledDotScore(long dim, double? scale = null)
        : base(nameof(ScaledDotScore), Guard.Size(dim, nameof(dim)), dim)
    {
        this.scale = Guard.Finite(scale ?? 1 / Math.Sqrt(dim), nameof(scale));
        RegisterComponents();
    }

    /// <inheritdoc/>
    protected internal override Tensor Compare(Tensor query, Tensor preparedKey) =>
        query.Times(scale).matmul(preparedKey.transpose(-2, -1));

    internal override (Tensor Query, double Scale)? Product(Tensor query) => (query, scale);
}
