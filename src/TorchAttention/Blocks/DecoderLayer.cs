using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>
/// One layer of a Transformer's decoder: self-attention, attention to a memory and a feed-forward network, each with a connection
/// around it.
/// </summary>
/// <remarks>
/// <code>
/// post-norm: x = norm1(x + SelfAttention(x));  x = norm2(x + Attention(x, memory));  output = norm3(x + FeedForward(x))
/// pre-norm:  x = x + SelfAttention(norm1(x));  x = x + Attention(norm2(x), memory);  output = x + FeedForward(norm3(x))
/// </code>
/// <para>
/// <see cref="Decode"/> runs it step by step, with the memory prepared once and a cache for the self-attention. The parameters
/// have the names of PyTorch's <c>nn.TransformerDecoderLayer</c>, whose weights load as they are. target (…, l, embedDim), memory
/// (…, s, embedDim) → (…, l, embedDim). Source: Vaswani et al. (2017).
/// </para>
/// </remarks>
public sealed class DecoderLayer : DecoderModule
{
    private readonly TransformerParts parts;

    [ComponentName(Name = "self_attn")]
    private readonly MultiHeadAttention selfAttention;

    [ComponentName(Name = "multihead_attn")]
    private readonly MultiHeadAttention crossAttention;

    private readonly Linear linear1;
    private readonly Linear linear2;
    private readonly nn.Module<Tensor, Tensor> norm1;
    private readonly nn.Module<Tensor, Tensor> norm2;
    private readonly nn.Module<Tensor, Tensor> norm3;

    /// <summary>Creates the layer.</summary>
    /// <param name="options">What it is made of.</param>
    /// <exception cref="ArgumentException">The options are null, or sizes in them do not divide.</exception>
    public DecoderLayer(TransformerOptions options)
        : base(nameof(DecoderLayer))
    {
        parts = new TransformerParts(options);
        (selfAttention, crossAttention) = (parts.SelfAttention(), parts.CrossAttention());
        (linear1, linear2) = (parts.Expansion(), parts.Contraction());
        (norm1, norm2, norm3) = (parts.Norm(), parts.Norm(), parts.Norm());
        RegisterComponents();
    }

    /// <summary>Projects a memory once, for many steps of <see cref="Decode"/>.</summary>
    /// <param name="memory">(…, s, embedDim).</param>
    /// <param name="memoryMask">Which of its positions exist, as <see cref="Attention.Prepare"/> takes it; null for all.</param>
    /// <returns>The prepared memory, to be disposed by the caller.</returns>
    /// <exception cref="ArgumentException">A shape, dtype or device does not fit, or the mask depends on the query.</exception>
    public AttentionMemory Prepare(Tensor memory, AttentionMask? memoryMask = null)
    {
        Guard.Sequence(this, memory, nameof(memory), EmbedDim);
        return crossAttention.Prepare(memory, memory, memoryMask);
    }

    /// <summary>Writes on sequences whose earlier tokens are in a cache.</summary>
    /// <param name="target">(…, l, embedDim): the new tokens.</param>
    /// <param name="memory">What <see cref="Prepare"/> returned.</param>
    /// <param name="cache">The keys and values of the tokens before, which those of the new ones are appended to.</param>
    /// <param name="mask">As <see cref="MultiHeadAttention"/> takes it with a cache: null for causal.</param>
    /// <param name="bias">What is added to the scores of the self-attention; null for nothing.</param>
    /// <returns>(…, l, embedDim).</returns>
    /// <exception cref="ArgumentException">
    /// A shape, dtype or device does not fit, or the memory or the cache is another layer's.
    /// </exception>
    public Tensor Decode(
        Tensor target, AttentionMemory memory, KeyValueCache cache, AttentionMask? mask = null, AttentionBias? bias = null)
    {
        Guard.Sequences(this, target, crossAttention, memory, EmbedDim); // before the cache changes
        using var scope = NewDisposeScope();
        return Layer(
            target,
            normed => selfAttention.call(normed, normed, normed, cache, mask, bias),
            normed => crossAttention.Context(normed, memory)).MoveToOuterDisposeScope();
    }

    /// <summary>Writes as <c>call</c> does, and also returns where it looks in the memory.</summary>
    /// <param name="target">(…, l, embedDim).</param>
    /// <param name="memory">(…, s, embedDim).</param>
    /// <param name="mask">Which pairs of the self-attention (…, h, l, l) may meet; null for all. Training wants causal.</param>
    /// <param name="memoryMask">Which pairs of target and memory (…, h, l, s) may meet; null for all.</param>
    /// <param name="bias">What is added to the scores of the self-attention (…, h, l, l); null for nothing.</param>
    /// <returns>The layer's output (…, l, embedDim) as the context, and the weights (…, h, l, s) of its attention to the memory.</returns>
    /// <exception cref="ArgumentException">A shape, dtype or device does not fit.</exception>
    public AttentionOutput Attend(
        Tensor target, Tensor memory, AttentionMask? mask = null, AttentionMask? memoryMask = null, AttentionBias? bias = null)
    {
        Guard.Sequences(this, target, memory, EmbedDim);
        using var scope = NewDisposeScope();
        return Layer(
            target,
            normed => selfAttention.call(normed, normed, normed, mask, bias),
            normed => crossAttention.Attend(normed, memory, memory, memoryMask)).MoveToOuterDisposeScope();
    }

    /// <summary>Writes as <see cref="Decode"/> does, and also returns where it looks in the memory.</summary>
    /// <param name="target">(…, l, embedDim): the new tokens.</param>
    /// <param name="memory">What <see cref="Prepare"/> returned.</param>
    /// <param name="cache">The keys and values of the tokens before, which those of the new ones are appended to.</param>
    /// <param name="mask">As <see cref="MultiHeadAttention"/> takes it with a cache: null for causal.</param>
    /// <param name="bias">What is added to the scores of the self-attention; null for nothing.</param>
    /// <returns>The layer's output (…, l, embedDim) as the context, and the weights (…, h, l, s) of its attention to the memory.</returns>
    /// <exception cref="ArgumentException">
    /// A shape, dtype or device does not fit, or the memory or the cache is another layer's.
    /// </exception>
    public AttentionOutput Attend(
        Tensor target, AttentionMemory memory, KeyValueCache cache, AttentionMask? mask = null, AttentionBias? bias = null)
    {
        Guard.Sequences(this, target, crossAttention, memory, EmbedDim); // before the cache changes
        using var scope = NewDisposeScope();
        return Layer(
            target,
            normed => selfAttention.call(normed, normed, normed, cache, mask, bias),
            normed => crossAttention.Attend(normed, memory)).MoveToOuterDisposeScope();
    }

    private protected override long EmbedDim => parts.EmbedDim;

    private protected override Tensor Write(
        Tensor target, Tensor memory, AttentionMask? mask, AttentionMask? memoryMask, AttentionBias? bias) => Layer(
            target,
            normed => selfAttention.call(normed, normed, normed, mask, bias),
            normed => crossAttention.call(normed, memory, memory, memoryMask));

    /// <summary>The same with the weights of the attention to the memory.</summary>
    private AttentionOutput Layer(Tensor target, Func<Tensor, Tensor> attendToItself, Func<Tensor, AttentionOutput> attendToMemory)
    {
        Tensor? weights = null;
        var output = Layer(target, attendToItself, normed =>
        {
            (var context, weights) = attendToMemory(normed);
            return context;
        });
        return new AttentionOutput(output, weights);
    }

    private Tensor Layer(Tensor target, Func<Tensor, Tensor> attendToItself, Func<Tensor, Tensor> attendToMemory)
    {
        var itself = parts.Residual(target, norm1, training, attendToItself);
        var both = parts.Residual(itself, norm2, training, attendToMemory);
        return parts.Residual(both, norm3, training, normed => parts.FeedForward(normed, linear1, linear2, training));
    }
}
