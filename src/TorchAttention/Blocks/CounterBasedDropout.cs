using TorchSharp;
using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>
/// Dropout whose mask is computed, not stored: what is dropped is a function of one random seed and of where a number stands.
/// </summary>
/// <remarks>
/// <code>
/// output = input ⊙ keep / (1 - p), keep ~ Bernoulli(1 - p)
/// </code>
/// <para>
/// input (…, l, d) → (…, l, d), or any other shape. Outside training it is the identity. Backward computes the mask again, so it costs no
/// memory, and all threads draw at once, where torch draws one number after the other. On CUDA, and in other dtypes than float32 and
/// bfloat16, it is torch's dropout. The seed is drawn from torch's generator, or from the <see cref="RandomSource"/> of the thread.
/// Sources: Srivastava et al. (2014) for dropout; Salmon et al. (2011) for random numbers by counting.
/// </para>
/// </remarks>
public sealed class CounterBasedDropout : nn.Module<Tensor, Tensor>
{
    private readonly double probability;

    /// <summary>Creates the module.</summary>
    /// <param name="probability">With which a number is dropped in training.</param>
    /// <exception cref="ArgumentOutOfRangeException">The probability is not in [0, 1).</exception>
    public CounterBasedDropout(double probability = 0.5)
        : base(nameof(CounterBasedDropout))
    {
        this.probability = Guard.Probability(probability, nameof(probability));
        RegisterComponents();
    }

    /// <summary>Drops numbers in training.</summary>
    /// <param name="input">Of any shape.</param>
    /// <returns>A tensor of its own, of the same shape.</returns>
    /// <exception cref="ArgumentException">The dtype is not supported.</exception>
    public override Tensor forward(Tensor input)
    {
        Guard.Precision(input, nameof(input));
        using var scope = NewDisposeScope();
        var output = DropoutFunction.Apply(input, probability, training);
        return (ReferenceEquals(output, input) ? input.alias() : output).MoveToOuterDisposeScope();
    }
}
