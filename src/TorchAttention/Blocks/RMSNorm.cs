using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>Divides every vector by its root mean square: output = input / √(mean(input²) + ε) · weight.</summary>
/// <remarks>
/// Like layer normalization without the mean. Half types are normalized in float32. input (…, l, dim) → (…, l, dim).
/// Source: Zhang and Sennrich (2019).
/// </remarks>
public sealed class RMSNorm : nn.Module<Tensor, Tensor>
{
    private readonly double epsilon;
    private readonly Parameter weight;

    /// <summary>Creates the norm, with a weight of ones.</summary>
    /// <param name="dim">The size of a vector.</param>
    /// <param name="epsilon">ε, what keeps a vector of zeros from a division by zero.</param>
    /// <exception cref="ArgumentOutOfRangeException">The size is not positive, or ε is not positive and finite.</exception>
    public RMSNorm(long dim, double epsilon = 1e-5)
        : base(nameof(RMSNorm))
    {
        this.epsilon = Guard.Positive(epsilon, nameof(epsilon));
        weight = new Parameter(ones(Guard.Size(dim, nameof(dim)), device: CPU));
        weight.DetachFromDisposeScope(); // outlives a dispose scope that the module is made in
        RegisterComponents();
    }

    /// <summary>Normalizes each vector.</summary>
    /// <param name="input">(…, l, dim).</param>
    /// <returns>(…, l, dim).</returns>
    /// <exception cref="ArgumentException">The shape, dtype or device does not fit.</exception>
    public override Tensor forward(Tensor input)
    {
        Guard.Sequence(this, input, nameof(input), weight.size(0));
        using var scope = NewDisposeScope();
        var precise = input.dtype is ScalarType.BFloat16 or ScalarType.Float16 ? input.to(ScalarType.Float32) : input;
        var scale = precise.Squared().mean([-1], keepdim: true).Plus(epsilon).rsqrt(); // (…, l, 1)
        return ((precise * scale).to(input.dtype) * weight).MoveToOuterDisposeScope();
    }
}
