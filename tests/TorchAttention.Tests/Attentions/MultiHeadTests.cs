using TorchAttention.Tests.Errors;
using TorchAttention.Tests.Support;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Attentions;

/// <summary>What is peculiar to several heads.</summary>
public class MultiHeadTests
{
    private static readonly Close Rounding = Close.Reordered(ScalarType.Float64);

    public static IEnumerable<TheoryDataRow<string, int>> Ranks =>
        from kind in MultiHeadKinds.All
        where !kind.Is(Traits.NoBias)
        from rank in new[] { 2, 3, 4 }
        select new TheoryDataRow<string, int>(kind.Name, rank);

    /// <summary>As ALiBi has it: another bias for every head, whatever the rank.</summary>
    [Theory]
    [MemberData(nameof(Ranks))]
    public void EachHeadHasItsBias(string kindName, int rank)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var kind = Kind.Of(kindName);
        using var attention = kind.Build();
        var inputs = kind.Inputs(rank);
        var bias = new Data(4).Normal(kind.Reference.Heads!.Value, Sizes.Queries, Sizes.Keys);
        var (mask, allowed) = kind.Mask("dense", inputs);

        var (context, weights) = attention.Attend(inputs.Query, inputs.Key, inputs.Value, mask, AttentionBias.Dense(bias));

        var (expected, expectedWeights) = kind.Reference.Oracle(attention, inputs, allowed, Grid.Of(bias));
        Rounding.Check(weights, expectedWeights, "weights");
        Rounding.Check(context, expected, "context");
    }

    /// <summary>With two batch sizes of its own, a mask or bias may name both, one or none of them.</summary>
    [Fact]
    public void MasksAndBiasesBroadcastOverTwoBatchSizes()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var kind = Kind.Of("heads");
        using var attention = kind.Build();
        var inputs = kind.Inputs(rank: 4);
        long[] whole = [Sizes.Batch, Sizes.Heads, 3, Sizes.Queries, Sizes.Keys];
        foreach (var shape in new long[][] { [2, 3, 3, 5, 7], [2, 1, 1, 5, 7], [1, 3, 1, 1, 7], [3, 3, 5, 7], [3, 1, 5, 7], [1, 3, 5, 7], [3, 5, 1] })
        {
            var (allowed, bias) = (new Data(3).Bool(0.7, shape), new Data(4).Normal(shape));
            var (context, weights) = attention.Attend(
                inputs.Query, inputs.Key, inputs.Value, AttentionMask.Allow(allowed), AttentionBias.Dense(bias));
            var (full, fullBias) = (Grid.Of(allowed.expand(whole).to(ScalarType.Float64)), Grid.Of(bias.expand(whole)));
            var (expected, expectedWeights) = kind.Reference.Oracle(
                attention, inputs, (batch, i, j) => full.Row(batch, i)[(int)j] > 0, fullBias);
            Rounding.Check(weights, expectedWeights, "weights");
            Rounding.Check(context, expected, "context");
        }
    }

    /// <summary>Log-probability, entropy and choice are those of each head.</summary>
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void HardHeadsTellTheirChoices(int rank)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var hard = Kind.Of("heads hard").Build();
        using var soft = Kind.Of("heads").Build();
        var inputs = Kind.Of("heads").Inputs(rank);

        var (_, probabilities) = soft.Attend(inputs.Query, inputs.Key, inputs.Value);
        using var output = hard.Attend(inputs.Query, inputs.Key, inputs.Value);

        Close.Exact.Check(output.Weights.argmax(-1), probabilities.argmax(-1), "choice");
        Close.Exact.Check(output.Sample!, probabilities.argmax(-1), "sample");
        Rounding.Check(output.LogProbability!, probabilities.amax([-1]).log(), "log-probability");
        Rounding.Check(output.Entropy!, -(probabilities * probabilities.log()).sum(-1), "entropy");
    }

    /// <summary>The alignments of monotonic heads are told too; without chunks they are the weights.</summary>
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void MonotonicHeadsTellTheirAlignments(int rank)
    {
        using var scope = NewDisposeScope();
        var kind = Kind.Of("heads monotonic");
        using var attention = kind.Build();
        var inputs = kind.Inputs(rank);
        using var output = attention.Attend(inputs.Query, inputs.Key, inputs.Value);
        Close.Exact.Check(output.Alignment!, output.Weights, "alignment");
    }

    /// <summary>Each head has a sink of its own: one that takes nothing, one like any other, and one that takes all.</summary>
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void EachHeadHasItsSink(int rank)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var attention = Block.Seed(new MultiHeadAttention(6, 3, new SoftAttention(new ScaledDotScore(2), new AttentionSink(3))));
        var state = attention.state_dict();
        using var without = Block.Seed(new MultiHeadAttention(6, 3));
        without.load_state_dict(state.Where(entry => !entry.Key.StartsWith("inner", StringComparison.Ordinal)).ToDictionary());
        state["inner.normalizer.sinks"].copy_(tensor(new[] { -1e4, 0, 1e4 }, dtype: ScalarType.Float64, device: CPU));
        var inputs = Kind.Of("heads").Inputs(rank);

        var weights = attention.Attend(inputs.Query, inputs.Key, inputs.Value).Weights;
        var expected = without.Attend(inputs.Query, inputs.Key, inputs.Value).Weights;

        Rounding.Check(weights.select(-3, 0), expected.select(-3, 0), "weights beside a sink that takes nothing");
        Rounding.Check(weights.select(-3, 2), zeros_like(weights.select(-3, 2)), "weights beside a sink that takes all");
        var share = weights.select(-3, 1) / expected.select(-3, 1); // what the sink leaves, the same for every key of a query
        Rounding.Check(share, share.narrow(-1, 0, 1).expand(share.shape), "share of the keys");
        Assert.All(Grid.Of(share).Numbers, part => Assert.True(part is > 0 and < 1, $"the sink leaves {part}"));
    }

    /// <summary>Grouped heads are heads that share rows of the projections.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void GroupedHeadsAreRepeatedHeads(long groups)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var grouped = Block.Seed(new MultiHeadAttention(12, 4, keyValueHeads: groups));
        using var full = Block.Seed(new MultiHeadAttention(12, 4), seed: 5);
        var state = grouped.state_dict();
        foreach (var name in new[] { "in_proj_weight", "in_proj_bias" }) state[name] = Repeated(state[name]);
        full.load_state_dict(state);
        var data = new Data(2);
        var (query, key, value) = (data.Normal(2, 5, 12), data.Normal(2, 7, 12), data.Normal(2, 7, 12));

        var (context, weights) = grouped.Attend(query, key, value);
        var (expected, expectedWeights) = full.Attend(query, key, value);

        Rounding.Check(context, expected, "context");
        Rounding.Check(weights, expectedWeights, "weights");

        Tensor Repeated(Tensor rows)
        {
            var parts = rows.split([12, 3 * groups, 3 * groups]);
            return cat([parts[0], Copies(parts[1]), Copies(parts[2])], 0);
        }

        Tensor Copies(Tensor rows) => rows.reshape([groups, 3, .. rows.shape[1..]]).repeat_interleave(4 / groups, 0).flatten(0, 1);
    }

    /// <summary>PyTorch's rule: one matrix where all sizes are the query's, else three; Glorot's bounds, and biases of zero.</summary>
    [Theory]
    [InlineData(null, null, null)]
    [InlineData(null, null, 2L)]
    [InlineData(12L, 12L, null)]
    [InlineData(5L, null, null)]
    [InlineData(null, 7L, 1L)]
    public void ParametersStartAsPyTorchs(long? keyDim, long? valueDim, long? keyValueHeads)
    {
        using var scope = NewDisposeScope();
        using var attention = new MultiHeadAttention(12, 4, keyDim: keyDim, valueDim: valueDim, keyValueHeads: keyValueHeads);
        var rows = (keyValueHeads ?? 4) * 3;
        var isPacked = (keyDim ?? 12, valueDim ?? 12) == (12, 12);
        Dictionary<string, long[]> weights = isPacked
            ? new() { ["in_proj_weight"] = [12 + 2 * rows, 12] }
            : new() { ["q_proj_weight"] = [12, 12], ["k_proj_weight"] = [rows, keyDim ?? 12], ["v_proj_weight"] = [rows, valueDim ?? 12] };

        var state = attention.state_dict();
        Assert.Equal([.. weights.Keys.Concat(["in_proj_bias", "out_proj.bias", "out_proj.weight"]).Order()], state.Keys.Order());
        foreach (var (name, shape) in weights)
        {
            Assert.Equal(shape, state[name].shape);
            var bound = Math.Sqrt(6.0 / shape.Sum());
            // The largest of several dozen uniform numbers is near the bound.
            Assert.InRange(Grid.Of(state[name]).Largest, 0.7 * bound, bound * (1 + 1e-6));
        }
        Assert.InRange(Grid.Of(state["out_proj.weight"]).Largest, 0.7 / Math.Sqrt(12), (1 + 1e-6) / Math.Sqrt(12));
        Assert.Equal(0, Grid.Of(state["in_proj_bias"]).Largest);
        Assert.Equal(0, Grid.Of(state["out_proj.bias"]).Largest);
    }

    /// <summary>The inner attention's dropout drops whole weights of the heads, in training alone.</summary>
    [Fact]
    public void DropoutIsTheInnerAttentions()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var attention = Block.Seed(new MultiHeadAttention(6, 3, new ScaledDotProductAttention(2, 2, 2, dropout: 0.5)));
        var input = new Data(2).Normal(64, 5, 6);
        var plain = attention.Attend(input, input, input);
        Close.Reordered(ScalarType.Float64).Check(attention.call(input, input, input), plain.Context, "context in eval mode");
        attention.train();
        var dropped = attention.Attend(input, input, input);
        Close.Exact.Check(dropped.Weights, plain.Weights, "weights before dropout");
        Assert.False(dropped.Context.equal(plain.Context).all().item<bool>());
    }

    private static readonly (string Argument, Action Action)[] Wrong =
    [
        ("embedDim", () => new MultiHeadAttention(0, 1)), ("embedDim", () => new MultiHeadAttention(-6, 3)),
        ("numHeads", () => new MultiHeadAttention(6, 0)), ("numHeads", () => new MultiHeadAttention(6, 4)),
        ("numHeads", () => new MultiHeadAttention(6, 12)), ("keyDim", () => new MultiHeadAttention(6, 3, keyDim: 0)),
        ("valueDim", () => new MultiHeadAttention(6, 3, valueDim: -1)),
        ("keyValueHeads", () => new MultiHeadAttention(6, 3, keyValueHeads: 2)),
        ("keyValueHeads", () => new MultiHeadAttention(6, 3, keyValueHeads: 0)),
        ("keyValueHeads", () => new MultiHeadAttention(6, 3, keyValueHeads: 6)),
        ("inner", () => new MultiHeadAttention(6, 3, new ScaledDotProductAttention(6, 6, 6))),
        ("inner", () => new MultiHeadAttention(6, 3, new ScaledDotProductAttention(2, 2, 3))),
        ("inner", () => new MultiHeadAttention(6, 3, new SoftAttention(new AdditiveScore(2, 3, 5)))),
        ("inner", () => new MultiHeadAttention(6, 3, new MultiHeadAttention(2, 1))),
        ("rotary", () => new MultiHeadAttention(6, 3, rotary: new RotaryEmbedding(4))),
    ];

    public static IEnumerable<TheoryDataRow<int, string>> WrongCases => Wrong.Select((entry, i) => new TheoryDataRow<int, string>(i, entry.Argument));

    [Theory]
    [MemberData(nameof(WrongCases))]
    public void ArgumentsAreChecked(int index, string argument)
    {
        using var scope = NewDisposeScope();
        Assert.Equal(argument, Assert.ThrowsAny<ArgumentException>(Wrong[index].Action).ParamName);
    }
}
