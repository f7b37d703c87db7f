using TorchAttention.Tests.Support;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Published;

/// <summary>PyTorch's layers and stacks of encoder and decoder, their state_dicts loaded as they are.</summary>
public class TransformerFixture
{
    public static IEnumerable<TheoryDataRow<string>> Encoders => Suites.Of("transformer", name => name.StartsWith("encoder", StringComparison.Ordinal));

    public static IEnumerable<TheoryDataRow<string>> Decoders => Suites.Of("transformer", name => name.StartsWith("decoder", StringComparison.Ordinal));

    [Theory]
    [MemberData(nameof(Encoders))]
    public void EncoderAgrees(string name)
    {
        using var scope = NewDisposeScope();
        var agreement = new Agreement("transformer", name);
        var options = Options(agreement.Fixture);
        using EncoderModule encoder = Layers(agreement.Fixture) is { } layers
            ? new Encoder(options, layers, agreement.Fixture.Flag("final_norm"))
            : new EncoderLayer(options);
        agreement.Load(encoder);

        agreement.Check(encoder.call(agreement.Input("input"), Mask(agreement)));
    }

    [Theory]
    [MemberData(nameof(Decoders))]
    public void DecoderAgrees(string name)
    {
        using var scope = NewDisposeScope();
        var agreement = new Agreement("transformer", name);
        var options = Options(agreement.Fixture);
        using DecoderModule decoder = Layers(agreement.Fixture) is { } layers
            ? new Decoder(options, layers, agreement.Fixture.Flag("final_norm"))
            : new DecoderLayer(options);
        agreement.Load(decoder);
        var memoryMask = agreement.Fixture.Integers("memory_lengths") is { } lengths ? AttentionMask.Padding(lengths) : null;

        agreement.Check(decoder.call(agreement.Input("target"), agreement.Input("memory"), Mask(agreement), memoryMask));
    }

    private static TransformerOptions Options(Fixture fixture) => new()
    {
        EmbedDim = fixture.Integer("embed_dim"),
        NumHeads = fixture.Integer("num_heads"),
        FeedForwardDim = fixture.Integer("feed_forward_dim"),
        PreNorm = fixture.Flag("pre_norm"),
        Activation = Enum.Parse<Activation>(fixture.Argument("activation")!.Value.GetString()!, ignoreCase: true),
        Epsilon = fixture.Argument("epsilon")?.GetDouble() ?? 1e-5,
    };

    private static long? Layers(Fixture fixture) => fixture.Argument("layers")?.GetInt64();

    private static AttentionMask? Mask(Agreement agreement)
    {
        var causal = agreement.Fixture.Flag("causal") ? AttentionMask.Causal : null;
        return causal is null || agreement.Padding is null ? causal ?? agreement.Padding : causal & agreement.Padding;
    }
}
