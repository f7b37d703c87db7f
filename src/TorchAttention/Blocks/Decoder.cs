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

    private protected override long EmbedDim => parts.EmbedDim;

    private protected override Tensor Write(
        Tensor target, Tensor memory, AttentionMask? mask, AttentionMask? memoryMask, AttentionBias? bias) =>
        Through(target, (layer, _, states) => layer.call(states, memory, mask, memoryMask, bias));

    private Tensor Through(Tensor target, Func<DecoderLayer, int, Tensor, Tensor> step)
    {
        for (var i = 0; i < layers.Count; i++) target = step(layers[i], i, target);
        return norm is null ? target : norm.call(target);
    }
}
