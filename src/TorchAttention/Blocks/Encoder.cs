using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>A stack of <see cref="EncoderLayer"/>s, with a norm at the end where the layers have none there.</summary>
/// <remarks>
/// Under <see cref="AttentionMask.Causal"/> it is the body of a language model: <see cref="Start"/> and <see cref="Decode"/> run it
/// step by step. The parameters have the names of PyTorch's <c>nn.TransformerEncoder</c>, whose weights load as they are.
/// input (…, l, embedDim) → (…, l, embedDim). Source: Vaswani et al. (2017).
/// </remarks>
public sealed class Encoder : EncoderModule
{
    private readonly TransformerParts parts;
    private readonly ModuleList<EncoderLayer> layers;
    private readonly nn.Module<Tensor, Tensor>? norm;

    /// <summary>Creates the stack.</summary>
    /// <param name="options">What a layer is made of.</param>
    /// <param name="layers">How many there are, at least 1.</param>
    /// <param name="finalNorm">
    /// Whether a norm follows the last layer; null to have one after pre-norm layers alone. PyTorch's <c>nn.Transformer</c> always
    /// has one.
    /// </param>
    /// <exception cref="ArgumentException">The options are null or sizes in them do not divide, or there is no layer.</exception>
    public Encoder(TransformerOptions options, long layers, bool? finalNorm = null)
        : base(nameof(Encoder))
    {
        parts = new TransformerParts(options);
        this.layers = new(TransformerParts.Stack(layers, () => new EncoderLayer(options)));
        norm = finalNorm ?? options.PreNorm ? parts.Norm() : null;
        RegisterComponents();
    }

    /// <summary>Begins to read step by step.</summary>
    /// <param name="cache">Makes the cache of each layer; null for prompts of one length.</param>
    /// <returns>An empty state for <see cref="Decode"/>, to be disposed by the caller.</returns>
    public DecodingState Start(Func<KeyValueCache>? cache = null) => new(this, layers.Select(_ => cache?.Invoke() ?? new()), []);

    /// <summary>Reads the next tokens of the sequences in a state.</summary>
    /// <param name="input">(…, l, embedDim): the new tokens.</param>
    /// <param name="state">What <see cref="Start"/> made, with the tokens of the calls before.</param>
    /// <param name="mask">As <see cref="MultiHeadAttention"/> takes it with a cache: null for causal.</param>
    /// <param name="bias">What is added to the scores; null for nothing.</param>
    /// <returns>(…, l, embedDim).</returns>
    /// <exception cref="ArgumentException">A shape, dtype or device does not fit, or the state is another module's.</exception>
    public Tensor Decode(Tensor input, DecodingState state, AttentionMask? mask = null, AttentionBias? bias = null)
    {
        Guard.NotNull(state, nameof(state)).Check(this);
        return Checked(input, input => Through(input, (layer, i, states) => layer.Decode(states, state.Caches[i], mask, bias)));
    }

    private protected override long EmbedDim => parts.EmbedDim;

    private protected override Tensor Read(Tensor input, AttentionMask? mask, AttentionBias? bias) =>
        Through(input, (layer, _, states) => layer.call(states, mask, bias));

    private Tensor Through(Tensor input, Func<EncoderLayer, int, Tensor, Tensor> step)
    {
        for (var i = 0; i < layers.Count; i++) input = step(layers[i], i, input);
        return norm is null ? input : norm.call(input);
    }
}
