using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>A network of one hidden layer, the same at every position.</summary>
/// <remarks>
/// <code>
/// plain: output = W₂ Dropout(activation(W₁ x + b₁)) + b₂
/// gated: output = W₂ Dropout(activation(W₁ x + b₁) ⊙ (V x + c)) + b₂
/// </code>
/// <para>
/// The gated form has half as many parameters again; W₁ and V are one matrix, linear1.weight (2 · hiddenDim, dim), W₁ first. With
/// <see cref="Activation.GELU"/> it is GEGLU, with <see cref="Activation.SiLU"/> SwiGLU. input (…, l, dim) → (…, l, dim).
/// Sources: Vaswani et al. (2017); Shazeer (2020).
/// </para>
/// </remarks>
public sealed class FeedForward : nn.Module<Tensor, Tensor>
{
    private readonly FeedForwardFunction function;
    private readonly Linear linear1;
    private readonly Linear linear2;

    /// <summary>Creates the network.</summary>
    /// <param name="dim">The size of a vector.</param>
    /// <param name="hiddenDim">The size of the hidden layer.</param>
    /// <param name="activation">The nonlinearity.</param>
    /// <param name="gated">Whether a second projection gates the hidden layer.</param>
    /// <param name="dropout">The probability with which a number of the hidden layer is dropped in training.</param>
    /// <param name="bias">Whether the projections have a bias.</param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// A size is not positive, the activation is none, or the dropout is not in [0, 1).
    /// </exception>
    public FeedForward(
        long dim, long hiddenDim, Activation activation = Activation.ReLU, bool gated = false, double dropout = 0, bool bias = true)
        : base(nameof(FeedForward))
    {
        function = new FeedForwardFunction(
            Guard.Defined(activation, nameof(activation)), gated, Guard.Probability(dropout, nameof(dropout)));
        linear1 = function.Expansion(Guard.Size(dim, nameof(dim)), Guard.Size(hiddenDim, nameof(hiddenDim)), bias);
        linear2 = nn.Linear(hiddenDim, dim, hasBias: bias, device: CPU);
        RegisterComponents();
    }

    /// <summary>Transforms each vector.</summary>
    /// <param name="input">(…, l, dim).</param>
    /// <returns>(…, l, dim).</returns>
    /// <exception cref="ArgumentException">The shape, dtype or device does not fit.</exception>
    public override Tensor forward(Tensor input)
    {
        Guard.Sequence(this, input, nameof(input), linear1.in_features);
        using var scope = NewDisposeScope();
        return function.Apply(input, linear1, linear2, training).MoveToOuterDisposeScope();
    }
}
