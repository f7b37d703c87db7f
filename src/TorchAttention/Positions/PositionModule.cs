using TorchSharp;
using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>The base of what tells vectors their positions.</summary>
public abstract class PositionModule : SequenceModule
{
    private readonly long? dim;

    private protected PositionModule(string name, long? dim = null)
        : base(name) => this.dim = dim;

    /// <summary>Takes the vectors to stand at positions 0 … l - 1.</summary>
    /// <param name="input">(…, l, d).</param>
    /// <returns>(…, l, d).</returns>
    /// <exception cref="ArgumentException">The shape or dtype does not fit.</exception>
    public sealed override Tensor forward(Tensor input) => From(input, 0);

    /// <summary>Takes the vectors to stand at positions offset … offset + l - 1, as a step of decoding needs.</summary>
    /// <param name="input">(…, l, d).</param>
    /// <param name="offset">The position of the first vector, at least 0.</param>
    /// <returns>(…, l, d).</returns>
    /// <exception cref="ArgumentException">The shape or dtype does not fit, or the offset is negative.</exception>
    public Tensor call(Tensor input, long offset) => Hooked(input, input => From(input, offset));

    /// <summary>What more than its size an input must fulfil.</summary>
    private protected virtual void Check(Tensor input, long offset)
    {
    }

    /// <summary>The vectors at the positions, which are (l) in float64.</summary>
    private protected abstract Tensor Place(Tensor input, Tensor positions);

    private Tensor From(Tensor input, long offset)
    {
        Guard.Sequence(this, input, nameof(input), dim);
        Guard.NotNegative(offset, nameof(offset));
        Check(input, offset);
        using var scope = NewDisposeScope();
        var positions = Numbers.Range(offset, offset + input.size(-2), ScalarType.Float64, input.device);
        return Place(input, positions).MoveToOuterDisposeScope();
    }
}
