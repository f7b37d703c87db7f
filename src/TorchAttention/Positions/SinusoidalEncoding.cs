using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>Adds fixed waves of the position to every vector.</summary>
/// <remarks>
/// <code>
/// encoding(p, 2n)     = sin(p / base^(2n / dim))
/// encoding(p, 2n + 1) = cos(p / base^(2n / dim))
/// </code>
/// <para>
/// It has no parameters and keeps no table: the waves are computed in float64 at every call, so any length goes.
/// input (…, l, dim) → (…, l, dim). Source: Vaswani et al. (2017); the factor √dim that the paper puts on word embeddings is the
/// embedding's business.
/// </para>
/// </remarks>
public sealed class SinusoidalEncoding : PositionModule
{
    private readonly long dim;
    private readonly double baseFrequency;

    /// <summary>Creates the encoding.</summary>
    /// <param name="dim">The size of a vector.</param>
    /// <param name="baseFrequency">The base: the longest wave has almost 2π · base positions.</param>
    /// <exception cref="ArgumentOutOfRangeException">The size is not positive, or the base is not positive and finite.</exception>
    public SinusoidalEncoding(long dim, double baseFrequency = 10000)
        : base(nameof(SinusoidalEncoding), dim)
    {
        this.dim = Guard.Size(dim, nameof(dim));
        this.baseFrequency = Guard.Positive(baseFrequency, nameof(baseFrequency));
        RegisterComponents();
    }

    private protected override Tensor Place(Tensor input, Tensor positions)
    {
        var exponents = Numbers.Range(0, (dim + 1) / 2, ScalarType.Float64, input.device).Times(-2 * Math.Log(baseFrequency) / dim);
        var angles = positions.unsqueeze(-1) * exponents.exp();                             // (l, ⌈dim/2⌉)
        var waves = stack([angles.sin(), angles.cos()], -1).flatten(-2).narrow(-1, 0, dim); // (l, dim): an odd dim ends in a sine
        return Numbers.Sum(input, waves.to(input.dtype));
    }
}
