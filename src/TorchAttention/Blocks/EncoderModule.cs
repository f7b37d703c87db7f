using TorchSharp;
using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>The base of what reads a sequence by self-attention: <see cref="EncoderLayer"/> and <see cref="Encoder"/>.</summary>
public abstract class EncoderModule : SequenceModule
{
    private protected EncoderModule(string name)
        : base(name)
    {
    }

    /// <summary>Reads a sequence, every position all others.</summary>
    /// <param name="input">(…, l, embedDim).</param>
    /// <returns>(…, l, embedDim).</returns>
    /// <exception cref="ArgumentException">The shape, dtype or device does not fit.</exception>
    public sealed override Tensor forward(Tensor input) => Checked(input, null, null);

    /// <summary>Reads a sequence under a mask.</summary>
    /// <param name="input">(…, l, embedDim).</param>
    /// <param name="mask">Which pairs of the self-attention (…, h, l, l) may meet; null for all.</param>
    /// <param name="bias">What is added to the scores (…, h, l, l); null for nothing.</param>
    /// <returns>(…, l, embedDim).</returns>
    /// <exception cref="ArgumentException">A shape, dtype or device does not fit.</exception>
    public Tensor call(Tensor input, AttentionMask? mask, AttentionBias? bias = null) =>
        Hooked(input, input => Checked(input, mask, bias));

    private protected abstract long EmbedDim { get; }

    private protected abstract Tensor Read(Tensor input, AttentionMask? mask, AttentionBias? bias);

    private protected Tensor Checked(Tensor input, Func<Tensor, Tensor> read)
    {
        Guard.Sequence(this, input, nameof(input), EmbedDim);
        using var scope = NewDisposeScope();
        return read(input).MoveToOuterDisposeScope();
    }

    private Tensor Checked(Tensor input, AttentionMask? mask, AttentionBias? bias) =>
        Checked(input, input => Read(input, mask, bias));
}
