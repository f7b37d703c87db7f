using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>A stack of <see cref="DecoderLayer"/>s, with a norm at the end where the layers have none there.</summary>
/// <remarks>
/// <see cref="Start"/> and <see cref="Decode"/> run it step by step. The parameters have the names of PyTorch's
/// <c>nn.TransformerDecoder</c>, whose weights load as they are. target (…, l, embedDim), memory (…, s, embedDim) →
/// (…, l, embedDim). Source: Vaswani et al. (2017).
/// </remarks>
public sealed class Decoder : DecoderModule
{
    private readonly TransformerParts parts;
    private readonly ModuleList<DecoderLayer> layers;
    private readonly nn.Module<Tensor, Tensor>? norm;

    /// <summary>Creates the stack.</summary>
    /// <param name="options">What a layer is made of.</param>
    /// <param name="layers">How many there are, at least 1.</param>
    /// <param name="finalNorm">
    /// Whether a norm follows the last layer; null to have one after pre-norm layers alone. PyTorch's <c>nn.Transformer</c> always
    /// has one.
    /// </param>
    /// <exception cref="ArgumentException">The options are null or sizes in them do not divide, or there is no layer.</exception>
    public Decoder(TransformerOptions options, long layers, bool? finalNorm = null)
        : base(nameof(Decoder))
    {
        parts = new TransformerParts(options);
        this.layers = new(TransformerParts.Stack(layers, () => new DecoderLayer(options)));
        norm = finalNorm ?? options.PreNorm ? parts.Norm() : null;
        RegisterComponents();
    }

    /// <summary>Begins to write step by step: projects a memory for all layers.</summary>
    /// <param name="memory">(…, s, embedDim).</param>
    /// <param name="memoryMask">Which of its positions exist, as <see cref="Attention.Prepare"/> takes it; null for all.</param>
    /// <param name="cache">Makes the cache of each layer; null for prompts of one length.</param>
    /// <returns>A state without tokens for <see cref="Decode"/>, to be disposed by the caller.</returns>
    /// <exception cref="ArgumentException">A shape, dtype or device does not fit, or the mask depends on the query.</exception>
    public DecodingState Start(Tensor memory, AttentionMask? memoryMask = null, Func<KeyValueCache>? cache = null)
    {
        using var scope = NewDisposeScope();
        return new(this, layers.Select(_ => cache?.Invoke() ?? new()), layers.Select(layer => layer.Prepare(memory, memoryMask)));
    }

    /// <summary>Writes on the sequences in a state.</summary>
    /// <param name="target">(…, l, embedDim): the new tokens.</param>
    /// <param name="state">What <see cref="Start"/> made, with the tokens of the calls before.</param>
    /// <param name="mask">As <see cref="MultiHeadAttention"/> takes it with a cache: null for causal.</param>
    /// <param name="bias">What is added to the scores of the self-attention; null for nothing.</param>
    /// <returns>(…, l, embedDim).</returns>
    /// <exception cref="ArgumentException">A shape, dtype or device does not fit, or the state is another module's.</exception>
    public Tensor Decode(Tensor target, DecodingState state, AttentionMask? mask = null, AttentionBias? bias = null)
    {
        Guard.NotNull(state, nameof(state)).Check(this);
        Guard.Sequence(this, target, nameof(target), EmbedDim);
        using var scope = NewDisposeScope();
        return Through(target, (layer, i, states) => layer.Decode(states, state.Memories[i], state.Caches[i], mask, bias))
            .MoveToOuterDisposeScope();
    }

    /// <summary>Writes as <c>call</c> does, and also returns where one layer looks in the memory.</summary>
    /// <param name="target">(…, l, embedDim).</param>
    /// <param name="memory">(…, s, embedDim).</param>
    /// <param name="layer">Which layer, from 0.</param>
    /// <param name="mask">Which pairs of the self-attention (…, h, l, l) may meet; null for all. Training wants causal.</param>
    /// <param name="memoryMask">Which pairs of target and memory (…, h, l, s) may meet; null for all.</param>
    /// <param name="bias">What is added to the scores of the self-attention (…, h, l, l); null for nothing.</param>
    /// <returns>The output (…, l, embedDim) as the context, and the weights (…, h, l, s) of that layer's attention to the memory.</returns>
    /// <exception cref="ArgumentException">A shape, dtype or device does not fit, or there is no such layer.</exception>
    public AttentionOutput Attend(
        Tensor target, Tensor memory, long layer, AttentionMask? mask = null, AttentionMask? memoryMask = null, AttentionBias? bias = null)
    {
        Guard.Sequences(this, target, memory, EmbedDim);
        return Watch(
            target, layer,
            (other, _, states) => other.call(states, memory, mask, memoryMask, bias),
            (watched, _, states) => watched.Attend(states, memory, mask, memoryMask, bias));
    }

    /// <summary>Writes as <see cref="Decode"/> does, and also returns where one layer looks in the memory.</summary>
    /// <param name="target">(…, l, embedDim): the new tokens.</param>
    /// <param name="state">What <see cref="Start"/> made, with the tokens of the calls before.</param>
    /// <param name="layer">Which layer, from 0.</param>
    /// <param name="mask">As <see cref="MultiHeadAttention"/> takes it with a cache: null for causal.</param>
    /// <param name="bias">What is added to the scores of the self-attention; null for nothing.</param>
    /// <returns>The output (…, l, embedDim) as the context, and the weights (…, h, l, s) of that layer's attention to the memory.</returns>
    /// <exception cref="ArgumentException">
    /// A shape, dtype or device does not fit, there is no such layer, or the state is another module's.
    /// </exception>
    public AttentionOutput Attend(
        Tensor target, DecodingState state, long layer, AttentionMask? mask = null, AttentionBias? bias = null)
    {
        Guard.NotNull(state, nameof(state)).Check(this);
        Guard.Sequence(this, target, nameof(target), EmbedDim);
        return Watch(
            target, layer,
            (other, i, states) => other.Decode(states, state.Memories[i], state.Caches[i], mask, bias),
            (watched, i, states) => watched.Attend(states, state.Memories[i], state.Caches[i], mask, bias));
    }

    private protected override long EmbedDim => parts.EmbedDim;

    private protected override Tensor Write(
        Tensor target, Tensor memory, AttentionMask? mask, AttentionMask? memoryMask, AttentionBias? bias) =>
        Through(target, (layer, _, states) => layer.call(states, memory, mask, memoryMask, bias));

    /// <summary>Runs all layers, one of them with its weights.</summary>
    private AttentionOutput Watch(
        Tensor target, long layer, Func<DecoderLayer, int, Tensor, Tensor> step, Func<DecoderLayer, int, Tensor, AttentionOutput> watch)
    {
        if (layer < 0 || layer >= layers.Count)
            throw new ArgumentOutOfRangeException(nameof(layer), layer, $"layer must be at least 0 and less than {layers.Count}.");
        using var scope = NewDisposeScope();
        Tensor? weights = null;
        var output = Through(target, (each, i, states) =>
        {
            if (i != layer) return step(each, i, states);
            (var context, weights) = watch(each, i, states);
            return context;
        });
        return new AttentionOutput(output, weights).MoveToOuterDisposeScope();
    }

    private Tensor Through(Tensor target, Func<DecoderLayer, int, Tensor, Tensor> step)
    {
        for (var i = 0; i < layers.Count; i++) target = step(layers[i], i, target);
        return norm is null ? target : norm.call(target);
    }
}
