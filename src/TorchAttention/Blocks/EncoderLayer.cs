using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>One layer of a Transformer's encoder: self-attention and a feed-forward network, each with a connection around it.</summary>
/// <remarks>
/// <code>
/// post-norm: x = norm1(x + SelfAttention(x));  output = norm2(x + FeedForward(x))
/// pre-norm:  x = x + SelfAttention(norm1(x));  output = x + FeedForward(norm2(x))
/// </code>
/// <para>
/// Under <see cref="AttentionMask.Causal"/> it is the layer of a language model, which <see cref="Decode"/> runs step by step.
/// The parameters have the names of PyTorch's <c>nn.TransformerEncoderLayer</c>, whose weights load as they are.
/// input (…, l, embedDim) → (…, l, embedDim). Source: Vaswani et al. (2017).
/// </para>
/// </remarks>
public sealed class EncoderLayer : EncoderModule
{
    private readonly TransformerParts parts;

    [ComponentName(Name = "self_attn")]
    private readonly MultiHeadAttention selfAttention;

    private readonly Linear linear1;
    private readonly Linear linear2;
    private readonly nn.Module<Tensor, Tensor> norm1;
    private readonly nn.Module<Tensor, Tensor> norm2;

    /// <summary>Creates the layer.</summary>
    /// <param name="options">What it is made of.</param>
    /// <exception cref="ArgumentException">The options are null, or sizes in them do not divide.</exception>
    public EncoderLayer(TransformerOptions options)
        : base(nameof(EncoderLayer))
    {
        parts = new TransformerParts(options);
        selfAttention = parts.SelfAttention();
        (linear1, linear2) = (parts.Expansion(), parts.Contraction());
        (norm1, norm2) = (parts.Norm(), parts.Norm());
        RegisterComponents();
    }

    /// <summary>Reads the next tokens of sequences whose earlier ones are in a cache.</summary>
    /// <param name="input">(…, l, embedDim): the new tokens.</param>
    /// <param name="cache">The keys and values of the tokens before, which those of the new ones are appended to.</param>
    /// <param name="mask">As <see cref="MultiHeadAttention"/> takes it with a cache: null for causal.</param>
    /// <param name="bias">What is added to the scores; null for nothing.</param>
    /// <returns>(…, l, embedDim).</returns>
    /// <exception cref="ArgumentException">A shape, dtype or device does not fit, or the cache does not.</exception>
    public Tensor Decode(Tensor input, KeyValueCache cache, AttentionMask? mask = null, AttentionBias? bias = null) =>
        Checked(input, input => Layer(input, normed => selfAttention.call(normed, normed, normed, cache, mask, bias)));

    private protected override long EmbedDim => parts.EmbedDim;

    private protected override Tensor Read(Tensor input, AttentionMask? mask, AttentionBias? bias) =>
        Layer(input, normed => selfAttention.call(normed, normed, normed, mask, bias));

    private Tensor Layer(Tensor input, Func<Tensor, Tensor> attend)
    {
        var attended = parts.Residual(input, norm1, training, attend);
        return parts.Residual(attended, norm2, training, normed => parts.FeedForward(normed, linear1, linear2, training));
    }
}
