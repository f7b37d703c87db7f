using TorchAttention.Tests.Errors;
using TorchAttention.Tests.Support;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Decoding;

/// <summary>Layers and stacks that write one token after the other give what they give for the whole text.</summary>
public class StackTests
{
    private const long Tokens = Sizes.Queries;

    private static readonly Close Rounding = Close.Reordered(ScalarType.Float64);

    private static readonly TransformerOptions Options = new() { EmbedDim = 6, NumHeads = 2, FeedForwardDim = 5 };

    public static TheoryData<bool> Either => [true, false];

    [Theory]
    [MemberData(nameof(Either))]
    public void LayersEqualTheWhole(bool isPreNorm)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var options = Options with { PreNorm = isPreNorm, Rotary = () => new RotaryEmbedding(2), KeyValueHeads = 1 };
        using var encoder = Block.Seed(new EncoderLayer(options));
        using var decoder = Block.Seed(new DecoderLayer(options));
        var (input, source) = (Text(Sizes.Batch, Tokens), Text(Sizes.Batch, Sizes.Keys));
        var padding = AttentionMask.Padding(4, Sizes.Keys);
        using var memory = decoder.Prepare(source, padding);
        using var read = new KeyValueCache();
        using var written = new KeyValueCache();

        var wholeRead = encoder.call(input, AttentionMask.Causal);
        var wholeWritten = decoder.call(input, source, AttentionMask.Causal, padding);

        for (var i = 0L; i < Tokens; i++)
        {
            var token = input.narrow(1, i, 1);
            Rounding.Check(encoder.Decode(token, read), wholeRead.narrow(1, i, 1), "a step of the encoder layer");
            Rounding.Check(decoder.Decode(token, memory, written), wholeWritten.narrow(1, i, 1), "a step of the decoder layer");
        }
    }

    /// <summary>Prompts of two lengths, then sentences that multiply and change places, then a step back.</summary>
    [Theory]
    [MemberData(nameof(Either))]
    public void StacksEqualTheWhole(bool isDecoder)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using nn.Module stack = isDecoder
            ? Block.Seed(new Decoder(Options with { PreNorm = true }, 2))
            : Block.Seed(new Encoder(Options with { PreNorm = true }, 2));
        var (input, source) = (Text(2, Tokens), Text(2, Sizes.Keys));
        var order = tensor(new long[] { 1, 0, 1 }, dtype: ScalarType.Int64, device: CPU);
        KeyValueCache Cache() => new([1, 3], PaddingSide.Left, capacity: 2);
        using var state = stack is Decoder decoder
            ? decoder.Start(source, AttentionMask.Padding(4, Sizes.Keys), Cache)
            : ((Encoder)stack).Start(Cache);

        Check(Step(input, 0, 3), Whole(input, source, [4, Sizes.Keys], [1, 3]), [1, 3], 0, 3);
        state.Reorder(order);
        (input, source) = (input.index_select(0, order), source.index_select(0, order));
        var whole = Whole(input, source, [Sizes.Keys, 4, Sizes.Keys], [3, 1, 3]);
        Check(Step(input, 3, 2), whole, [3, 1, 3], 3, 2);
        state.Truncate(4);
        Assert.Equal(4, state.Length);
        Check(Step(input, 4, 1), whole, [3, 1, 3], 4, 1);

        Tensor Step(Tensor text, long start, long count) => stack is Decoder writer
            ? writer.Decode(text.narrow(1, start, count), state)
            : ((Encoder)stack).Decode(text.narrow(1, start, count), state);

        // Padding before a prompt of three, as a mask on the keys.
        Tensor Whole(Tensor text, Tensor memory, long[] memoryLengths, long[] prompts)
        {
            var first = tensor(prompts.Select(length => 3 - length).ToArray(), dtype: ScalarType.Int64, device: CPU).reshape(-1, 1, 1, 1);
            var mask = AttentionMask.Causal & AttentionMask.Allow(Numbers.Range(0, Tokens, ScalarType.Int64, CPU).ge(first));
            return stack is Decoder writer
                ? writer.call(text, memory, mask, AttentionMask.Padding(memoryLengths))
                : ((Encoder)stack).call(text, mask);
        }

        // What stands at the padding of a prompt is of no interest: it saw no key.
        void Check(Tensor step, Tensor whole, long[] prompts, long start, long count)
        {
            for (var b = 0; b < prompts.Length; b++)
            {
                var from = Math.Max(start, 3 - prompts[b]);
                Rounding.Check(step[b].narrow(0, from - start, start + count - from), whole[b].narrow(0, from, start + count - from), "a step");
            }
        }
    }

    /// <summary>Asked for a layer's weights, a stack writes what it writes without, and each layer has others.</summary>
    [Theory]
    [MemberData(nameof(Either))]
    public void TheWeightsOfALayerComeWithTheOutput(bool isPreNorm)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var decoder = Block.Seed(new Decoder(Options with { PreNorm = isPreNorm }, 2));
        var (input, source) = (Text(2, Tokens), Text(2, Sizes.Keys));
        var padding = AttentionMask.Padding(4, Sizes.Keys);
        var expected = decoder.call(input, source, AttentionMask.Causal, padding);
        var seen = new List<Tensor>();

        for (var layer = 0; layer < 2; layer++)
        {
            var (output, weights) = decoder.Attend(input, source, layer, AttentionMask.Causal, padding);
            Rounding.Check(output, expected, "the output");
            Assert.Equal([2, Options.NumHeads, Tokens, Sizes.Keys], weights.shape);
            Rounding.Check(weights.sum(-1), ones_like(weights.sum(-1)), "the sum of weights");
            Assert.Equal(0, weights[0, .., .., 4..].sum().item<double>());
            seen.Add(weights);

            using var state = decoder.Start(source, padding);
            for (var i = 0L; i < Tokens; i++)
            {
                var step = decoder.Attend(input.narrow(1, i, 1), state, layer);
                Rounding.Check(step.Context, expected.narrow(1, i, 1), "a step");
                Rounding.Check(step.Weights, weights.narrow(2, i, 1), "the weights of a step");
            }
        }
        Assert.True((seen[0] - seen[1]).abs().max().item<double>() > 0.01);

        using var fresh = decoder.Start(source);
        foreach (var layer in new[] { -1L, 2L })
        {
            Rejected.Check("layer", () => decoder.Attend(input, source, layer));
            Rejected.Check("layer", () => decoder.Attend(input, fresh, layer));
        }
        Assert.Equal(0, fresh.Length);
        NoLeaks.LeavesNone(() => decoder.Attend(input, source, 1, AttentionMask.Causal, padding).Dispose(), "the weights of a layer");
    }

    /// <summary>A memory of one sentence serves every text, also when texts have changed places or ended.</summary>
    [Fact]
    public void OneMemoryServesAll()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var decoder = Block.Seed(new Decoder(Options, 2));
        var (input, source) = (Text(3, Tokens), Text(1, Sizes.Keys));
        using var state = decoder.Start(source, AttentionMask.Padding(4));
        decoder.Decode(input.narrow(1, 0, 3), state);
        foreach (var indices in new long[][] { [2, 0, 0], [1, 0] })
        {
            var order = tensor(indices, dtype: ScalarType.Int64, device: CPU);
            input = input.index_select(0, order);
            var next = state.Length;
            var padding = AttentionMask.Padding([.. indices.Select(_ => 4L)]);

            state.Reorder(order);
            var step = decoder.Decode(input.narrow(1, next, 1), state);

            Rounding.Check(step, decoder.call(input, source, AttentionMask.Causal, padding).narrow(1, next, 1), "a step");
        }
    }

    /// <summary>What does not fit the memory is found before a cache changes.</summary>
    [Fact]
    public void ARefusedStepChangesNothing()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var decoder = Block.Seed(new Decoder(Options, 2));
        using var layer = Block.Seed(new DecoderLayer(Options));
        var (input, other, source) = (Text(3, Tokens), Text(2, Tokens), Text(3, Sizes.Keys));
        using var state = decoder.Start(source);
        using var memory = layer.Prepare(source);
        using var cache = new KeyValueCache();
        foreach (var wrong in new[] { other, other[0] })
        {
            Rejected.Check("target", () => decoder.Decode(wrong, state));
            Rejected.Check("target", () => decoder.Attend(wrong, state, 1));
            Rejected.Check("target", () => layer.Decode(wrong, memory, cache));
            Rejected.Check("target", () => layer.Attend(wrong, memory, cache));
        }
        Assert.Equal((0, 0), (state.Length, cache.Length));
        Rounding.Check(decoder.Decode(input, state), decoder.call(input, source, AttentionMask.Causal), "the output");
        Rounding.Check(layer.Decode(input, memory, cache), layer.call(input, source, AttentionMask.Causal), "the layer's output");
    }

    [Fact]
    public void AStateBelongsToItsStack()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var encoder = Block.Seed(new Encoder(Options, 1));
        using var decoder = Block.Seed(new Decoder(Options, 1));
        using var layer = Block.Seed(new DecoderLayer(Options));
        var input = Text(2, Tokens);
        using var ofEncoder = encoder.Start();
        using var ofDecoder = decoder.Start(input);
        using var cache = new KeyValueCache();
        using var memory = layer.Prepare(input);
        using var twin = Block.Seed(new DecoderLayer(Options));

        Rejected.Check("state", () => encoder.Decode(input, ofDecoder));
        Rejected.Check("state", () => decoder.Decode(input, ofEncoder));
        Rejected.Check("state", () => encoder.Decode(input, null!));
        Rejected.Check("memory", () => twin.Decode(input, memory, cache));
        Rejected.Check("memory", () => layer.Decode(input, null!, cache));
        Rejected.Check("cache", () => layer.Decode(input, memory, null!));
        Rejected.Check("input", () => encoder.Decode(null!, ofEncoder));
        Rejected.Check("target", () => decoder.Decode(null!, ofDecoder));
        Rejected.Check("memory", () => decoder.Start(null!));
        Assert.Equal(0, cache.Length);
    }

    [Theory]
    [MemberData(nameof(Either))]
    public void AStateIsFreedWhole(bool isDecoder)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using nn.Module stack = isDecoder ? Block.Seed(new Decoder(Options, 2)) : Block.Seed(new Encoder(Options, 2));
        var input = Text(2, Tokens);
        using var order = tensor(new long[] { 1, 0, 1 }, dtype: ScalarType.Int64, device: CPU);
        NoLeaks.LeavesNone(
            () =>
            {
                DecodingState state;
                using (NewDisposeScope())
                    state = stack is Decoder decoder ? decoder.Start(input, AttentionMask.Padding(3, Tokens)) : ((Encoder)stack).Start();
                using (NewDisposeScope()) Step(input);
                using (NewDisposeScope()) state.Reorder(order);
                using (NewDisposeScope()) Step(input.index_select(0, order));
                state.Dispose();

                void Step(Tensor text) => _ = stack is Decoder writer ? writer.Decode(text, state) : ((Encoder)stack).Decode(text, state);
            },
            "a state's life");
    }

    private static Tensor Text(long batch, long length) => new Data((int)(batch * length)).Normal(batch, length, Options.EmbedDim);
}
