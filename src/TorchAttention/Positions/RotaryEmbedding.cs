using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>Rotary positions: each pair of numbers is turned by an angle that grows with the position.</summary>
/// <remarks>
/// <code>
/// angle(p, n) = p · base^(-2n / dim), n = 0 … dim/2 - 1
/// (a, b)      → (a cos - b sin, b cos + a sin)
/// </code>
/// <para>
/// Of a turned query and a turned key the dot product depends on the distance of their positions alone. Only the first dim
/// numbers of a vector are turned, the rest passes (partial rotary). It has no parameters and keeps no table: angles are computed
/// in float64 at every call, and half types are turned in float32. input (…, l, d), d at least dim → (…, l, d).
/// Source: Su et al. (2021); <see cref="RotaryLayout"/> says which two numbers make a pair.
/// </para>
/// </remarks>
public sealed class RotaryEmbedding : PositionModule
{
    private readonly double baseFrequency;
    private readonly RotaryLayout layout;

    /// <summary>Creates the positions.</summary>
    /// <param name="dim">How many numbers of a vector are turned: even, and at most its size.</param>
    /// <param name="baseFrequency">The base: pair n turns once in 2π · base^(2n / dim) positions.</param>
    /// <param name="layout">Which numbers make a pair.</param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// The size is not positive and even, the base is not positive and finite, or the layout is none.
    /// </exception>
    public RotaryEmbedding(long dim, double baseFrequency = 10000, RotaryLayout layout = RotaryLayout.Interleaved)
        : base(nameof(RotaryEmbedding))
    {
        Dim = Guard.Size(dim, nameof(dim)) % 2 == 0
            ? dim
            : throw new ArgumentOutOfRangeException(nameof(dim), dim, "dim must be even: numbers are turned in pairs.");
        this.baseFrequency = Guard.Positive(baseFrequency, nameof(baseFrequency));
        this.layout = Guard.Defined(layout, nameof(layout));
        RegisterComponents();
    }

    /// <summary>How many numbers of a vector are turned.</summary>
    public long Dim { get; }

    /// <summary>Turns vectors (…, d) at the given positions, which broadcast to (…) and may be anything real, in float64.</summary>
    internal Tensor Turn(Tensor input, Tensor positions)
    {
        var dtype = input.dtype is ScalarType.BFloat16 or ScalarType.Float16 ? ScalarType.Float32 : input.dtype;
        var exponents = Numbers.Range(0, Dim / 2, ScalarType.Float64, input.device).Times(-2 * Math.Log(baseFrequency) / Dim);
        var angles = positions.unsqueeze(-1) * exponents.exp(); // (…, dim/2)
        var (cos, sin) = (angles.cos().to(dtype), angles.sin().to(dtype));

        var (a, b) = Pairs(input.narrow(-1, 0, Dim).to(dtype));
        var turned = Join(a * cos - b * sin, Numbers.Sum(b * cos, a * sin)).to(input.dtype);
        return Dim == input.size(-1) ? turned : cat([turned, input.narrow(-1, Dim, input.size(-1) - Dim)], -1);
    }

    private protected override void Check(Tensor input, long offset)
    {
        if (input.size(-1) < Dim)
            throw new ArgumentException($"input {Guard.Show(input.shape)} must have at least {Dim} numbers in its last dimension.", nameof(input));
    }

    private protected override Tensor Place(Tensor input, Tensor positions) => Turn(input, positions);

    /// <summary>The first and the second number of every pair, each (…, dim/2).</summary>
    private (Tensor First, Tensor Second) Pairs(Tensor input)
    {
        if (layout == RotaryLayout.Halves) return (input.narrow(-1, 0, Dim / 2), input.narrow(-1, Dim / 2, Dim / 2));
        var pairs = input.reshape([.. input.shape[..^1], Dim / 2, 2]);
        return (pairs.select(-1, 0), pairs.select(-1, 1));
    }

    private Tensor Join(Tensor first, Tensor second) =>
        layout == RotaryLayout.Halves ? cat([first, second], -1) : stack([first, second], -1).flatten(-2);
}
