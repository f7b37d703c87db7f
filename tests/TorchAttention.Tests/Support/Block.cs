using TorchSharp;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Support;

/// <summary>
/// A module that is no attention, in one configuration: what is around attentions in a Transformer, and what tells them positions.
/// Every test over all blocks runs over <see cref="All"/>.
/// </summary>
/// <param name="Name">What tests call it.</param>
/// <param name="Arguments">The names of its inputs, (…, length, EmbedDim) each, with lengths of their own.</param>
/// <param name="Create">Makes it.</param>
/// <param name="Names">Names and shapes in its state_dict.</param>
internal sealed record Block(string Name, string[] Arguments, Func<nn.Module> Create, string[] Names)
{
    internal const long EmbedDim = 6;
    private const long Hidden = 5;

    private static readonly TransformerOptions Post = new() { EmbedDim = EmbedDim, NumHeads = 2, FeedForwardDim = Hidden };

    private static readonly TransformerOptions Modern = Post with
    {
        PreNorm = true,
        Norm = NormKind.RMS,
        Activation = Activation.SiLU,
        Gated = true,
        Bias = false,
        KeyValueHeads = 1,
        Rotary = () => new RotaryEmbedding(2),
    };

    private static readonly TransformerOptions Windowed = Post with
    {
        NumHeads = 3,
        PreNorm = true,
        Activation = Activation.GELU,
        SelfAttention = () => new LocalAttention(2, 2, 2, 2, 1),
        CrossAttention = () => new SoftAttention(new AdditiveScore(2, 2, 7)),
    };

    private static readonly string[] FeedForwardNames = ["linear1.weight (5, 6)", "linear1.bias (5)", "linear2.weight (6, 5)", "linear2.bias (6)"];

    private static readonly string[] EncoderNames = [.. Heads("self_attn"), .. FeedForwardNames, .. Norm("norm1"), .. Norm("norm2")];

    private static readonly string[] DecoderNames = [.. EncoderNames, .. Heads("multihead_attn"), .. Norm("norm3")];

    private static readonly string[] ModernNames =
    [
        "self_attn.in_proj_weight (12, 6)", "self_attn.out_proj.weight (6, 6)", "linear1.weight (10, 6)", "linear2.weight (6, 5)",
        "norm1.weight (6)", "norm2.weight (6)",
    ];

    internal static readonly IReadOnlyList<Block> All =
    [
        new("RMS norm", ["input"], () => new RMSNorm(EmbedDim), ["weight (6)"]),
        new("feed-forward", ["input"], () => new FeedForward(EmbedDim, Hidden), FeedForwardNames),
        new("feed-forward GEGLU", ["input"], () => new FeedForward(EmbedDim, Hidden, Activation.GELU, gated: true, bias: false),
            ["linear1.weight (10, 6)", "linear2.weight (6, 5)"]),
        new("dropout", ["input"], () => new CounterBasedDropout(0.2), []),
        new("rotary", ["input"], () => new RotaryEmbedding(4, layout: RotaryLayout.Halves), []),
        new("sinusoidal", ["input"], () => new SinusoidalEncoding(EmbedDim), []),
        new("learned positions", ["input"], () => new LearnedPositions(11, EmbedDim), ["weight (11, 6)"]),
        new("encoder layer", ["input"], () => new EncoderLayer(Post), EncoderNames),
        new("encoder layer, modern", ["input"], () => new EncoderLayer(Modern), ModernNames),
        new("encoder layer, windowed", ["input"], () => new EncoderLayer(Windowed), EncoderNames),
        new("encoder", ["input"], () => new Encoder(Modern, 2),
            [.. ModernNames.Select(name => "layers.0." + name), .. ModernNames.Select(name => "layers.1." + name), "norm.weight (6)"]),
        new("decoder layer", ["target", "memory"], () => new DecoderLayer(Post), DecoderNames),
        new("decoder layer, windowed", ["target", "memory"], () => new DecoderLayer(Windowed),
        [
            .. DecoderNames, "multihead_attn.inner.score.query_projection.weight (7, 2)",
            "multihead_attn.inner.score.key_projection.weight (7, 2)", "multihead_attn.inner.score.energy.weight (1, 7)",
        ]),
        new("decoder", ["target", "memory"], () => new Decoder(Post, 1), [.. DecoderNames.Select(name => "layers.0." + name)]),
    ];

    internal static IEnumerable<string> AllNames => All.Select(block => block.Name);

    internal static Block Of(string name) => All.Single(block => block.Name == name);

    public override string ToString() => Name;

    /// <summary>In eval mode, with seeded parameters.</summary>
    internal nn.Module Build(ScalarType dtype = ScalarType.Float64) => Seed(Create(), dtype);

    internal static T Seed<T>(T module, ScalarType dtype = ScalarType.Float64, int seed = 1)
        where T : nn.Module
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var data = new Data(seed);
        module.to(dtype);
        foreach (var parameter in module.parameters()) parameter.copy_(data.Normal(dtype, parameter.shape).Times(0.5));
        module.eval();
        return module;
    }

    internal Tensor[] Inputs(long[] leading, ScalarType dtype = ScalarType.Float64)
    {
        var data = new Data(2);
        return [.. Arguments.Zip([Sizes.Queries, Sizes.Keys], (_, length) => data.Normal(dtype, [.. leading, length, EmbedDim]))];
    }

    /// <summary>As a user calls it; a mask goes to the self-attention.</summary>
    internal static Tensor Call(nn.Module module, Tensor[] inputs, AttentionMask? mask = null) => module switch
    {
        EncoderModule encoder => encoder.call(inputs[0], mask),
        DecoderModule decoder => decoder.call(inputs[0], inputs[1], mask),
        nn.Module<Tensor, Tensor> other => other.call(inputs[0]),
        _ => throw new ArgumentException($"no way to call a {module.GetName()}", nameof(module)),
    };

    private static string[] Heads(string name) =>
        [$"{name}.in_proj_weight (18, 6)", $"{name}.in_proj_bias (18)", $"{name}.out_proj.weight (6, 6)", $"{name}.out_proj.bias (6)"];

    private static string[] Norm(string name) => [$"{name}.weight (6)", $"{name}.bias (6)"];
}
