using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>Makes what the layers consist of, and joins it: the layers themselves own the parameters, under PyTorch's names.</summary>
internal sealed class TransformerParts
{
    private readonly TransformerOptions options;
    private readonly FeedForwardFunction feedForward;

    internal TransformerParts(TransformerOptions options)
    {
        this.options = Guard.NotNull(options, nameof(options));
        if (options.EmbedDim % options.NumHeads != 0 || options.NumHeads % (options.KeyValueHeads ?? 1) != 0)
            throw new ArgumentException(
                $"NumHeads must divide EmbedDim, and KeyValueHeads must divide NumHeads, but they are {options.NumHeads}, " +
                $"{options.EmbedDim} and {options.KeyValueHeads ?? options.NumHeads}.", nameof(options));
        feedForward = new FeedForwardFunction(options.Activation, options.Gated, options.Dropout);
    }

    internal long EmbedDim => options.EmbedDim;

    private long FeedForwardDim => options.FeedForwardDim ?? 4 * options.EmbedDim;

    internal MultiHeadAttention SelfAttention() => new(
        options.EmbedDim, options.NumHeads, Inner(options.SelfAttention), keyValueHeads: options.KeyValueHeads, bias: options.Bias,
        rotary: options.Rotary?.Invoke());

    internal MultiHeadAttention CrossAttention() =>
        new(options.EmbedDim, options.NumHeads, Inner(options.CrossAttention), bias: options.Bias);

    /// <summary>So many layers, which share nothing.</summary>
    internal static T[] Stack<T>(long count, Func<T> create)
    {
        var layers = new T[Guard.Size(count, "layers")];
        for (var i = 0; i < layers.Length; i++) layers[i] = create();
        return layers;
    }

    internal nn.Module<Tensor, Tensor> Norm() => options.Norm == NormKind.RMS
        ? new RMSNorm(options.EmbedDim, options.Epsilon)
        : nn.LayerNorm(options.EmbedDim, options.Epsilon, bias: options.Bias, device: CPU);

    internal Linear Expansion() => feedForward.Expansion(options.EmbedDim, FeedForwardDim, options.Bias);

    internal Linear Contraction() => nn.Linear(FeedForwardDim, options.EmbedDim, hasBias: options.Bias, device: CPU);

    internal Tensor FeedForward(Tensor input, Linear expansion, Linear contraction, bool isTraining) =>
        feedForward.Apply(input, expansion, contraction, isTraining);

    /// <summary>A sublayer with its norm and the connection around it.</summary>
    internal Tensor Residual(Tensor input, nn.Module<Tensor, Tensor> norm, bool isTraining, Func<Tensor, Tensor> sublayer) =>
        options.PreNorm
            ? Numbers.Sum(input, Drop(sublayer(norm.call(input)), isTraining))
            : norm.call(Numbers.Sum(input, Drop(sublayer(input), isTraining)));

    private Attention Inner(Func<Attention>? create) => create?.Invoke()
        ?? new ScaledDotProductAttention(options.HeadDim, options.HeadDim, options.HeadDim, dropout: options.Dropout);

    private Tensor Drop(Tensor output, bool isTraining) => DropoutFunction.Apply(output, options.Dropout, isTraining);
}
