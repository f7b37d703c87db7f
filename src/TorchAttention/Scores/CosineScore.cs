using TorchSharp;
using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>The cosine of the angle between query and key: score = scale · q · k / (max(‖q‖, ε) max(‖k‖, ε)).</summary>
/// <remarks>
/// A cosine lies in [-1, 1], so without a scale no softmax over it gets sharp. The floor ε keeps a zero vector's score at
/// zero. Source: Graves, Wayne and Danihelka (2014), where the scale is called key strength.
/// </remarks>
public sealed class CosineScore : Score
{
    private readonly double scale;
    private readonly double floor;

    /// <summary>Creates the score, for queries and keys of any one size.</summary>
    /// <param name="scale">The factor of the cosine.</param>
    /// <param name="floor">ε, the least norm that is divided by.</param>
    /// <exception cref="ArgumentOutOfRangeException">The scale is not finite, or the floor is not positive.</exception>
    public CosineScore(double scale = 1, double floor = 1e-8)
        : base(nameof(CosineScore), null, null)
    {
        this.scale = Guard.Finite(scale, nameof(scale));
        this.floor = Guard.Positive(floor, nameof(floor));
        RegisterComponents();
    }

    /// <inheritdoc/>
    protected internal override Tensor Prepare(Tensor key) => Direction(key);

    /// <inheritdoc/>
    protected internal override Tensor Compare(Tensor query, Tensor preparedKey) =>
        Direction(query).Times(scale).matmul(preparedKey.transpose(-2, -1));

    internal override (Tensor Query, double Scale)? Product(Tensor query) => (Direction(query), scale);

    /// <summary>
    /// x / max(‖x‖, ε). The largest number, or ε if that is larger, is divided by first, because the square of a large one overflows
    /// and that of a small one is zero; as a factor of both sides it has no part in the gradient. In float16 an ε as small as the
    /// default would be zero, so that is computed in float32.
    /// </summary>
    private Tensor Direction(Tensor vectors)
    {
        if (vectors.numel() == 0) return vectors;
        var precise = vectors.dtype == ScalarType.Float16 ? vectors.to(ScalarType.Float32) : vectors;
        var largest = precise.detach().abs().amax([-1], keepdim: true).NotBelow(floor);
        return nn.functional.normalize(precise / largest, 2, -1, 1).to(vectors.dtype);
    }
}
