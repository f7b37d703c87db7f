using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>The dot product: score = q · k.</summary>
/// <remarks>
/// Its variance grows with d, which saturates a softmax; <see cref="ScaledDotScore"/> corrects that.
/// Source: Luong, Pham and Manning (2015), "dot".
/// </remarks>
public sealed class DotScore : Score
{
    /// <summary>Creates the score, for queries and keys of any one size.</summary>
    public DotScore()
        : base(nameof(DotScore), null, null) => RegisterComponents();

    /// <inheritdoc/>
    protected internal override Tensor Compare(Tensor query, Tensor preparedKey) =>
        query.matmul(preparedKey.transpose(-2, -1));

    internal override (Tensor Query, double Scale)? Product(Tensor query) => (query, 1);
}
