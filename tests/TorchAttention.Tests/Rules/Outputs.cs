using TorchAttention.Tests.Support;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Rules;

/// <summary>What is asked for, and how often, changes nothing; dropout follows the mode.</summary>
public class Outputs
{
    private const double Dropout = 0.5;

    private static readonly Dictionary<string, Func<Attention>> Droppable = new()
    {
        ["soft"] = () => new SoftAttention(new DotScore(), dropout: Dropout),
        ["scaled dot-product"] = () =>
            new ScaledDotProductAttention(Sizes.QueryDim, Sizes.QueryDim, Sizes.Keys, dropout: Dropout),
        ["local"] = () => new LocalAttention(Sizes.QueryDim, Sizes.QueryDim, Sizes.Keys, 2, 3, dropout: Dropout),
        ["local with a score"] = () => new LocalAttention(new DotScore(), 2, 3, dropout: Dropout),
    };

    public static IEnumerable<TheoryDataRow<string, string>> Masked => Every.With("none", "dense with an empty row");

    public static IEnumerable<TheoryDataRow<string>> DroppableNames => Droppable.Keys.Select(name => new TheoryDataRow<string>(name));

    [Theory]
    [MemberData(nameof(Masked))]
    public void AskingForWeightsDoesNotChangeTheContext(string kindName, string maskName)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var kind = Kind.Of(kindName);
        using var attention = kind.Build();
        var inputs = kind.Inputs(rank: 4);
        var mask = kind.Mask(maskName, inputs).Mask;

        var alone = attention.call(inputs.Query, inputs.Key, inputs.Value, mask);
        using var output = attention.Attend(inputs.Query, inputs.Key, inputs.Value, mask);

        Close.Reordered(ScalarType.Float64).Check(output.Context, alone, "context");
        if (mask is not null) return;
        Close.Exact.Check(attention.call(inputs.Query, inputs.Key, inputs.Value), alone, "context by call");
        Close.Exact.Check(attention.forward(inputs.Query, inputs.Key, inputs.Value), alone, "context by forward");
    }

    [Theory]
    [MemberData(nameof(Masked))]
    public void ASecondCallGivesTheSame(string kindName, string maskName)
    {
        using var scope = NewDisposeScope();
        var kind = Kind.Of(kindName);
        using var attention = kind.Build();
        var inputs = kind.Inputs(rank: 3);
        var mask = kind.Mask(maskName, inputs).Mask;

        var first = Every.Run(attention, inputs, Attend);
        var other = kind.Inputs(rank: 4, seed: 9, queries: 3, keys: 11);
        attention.call(other.Query, other.Key, other.Value);
        Every.AreEqual(Close.Exact, Every.Run(attention, inputs, Attend), first);

        AttentionOutput Attend(Inputs leaves) => attention.Attend(leaves.Query, leaves.Key, leaves.Value, mask);
    }

    /// <summary>With the identity as values the context is the weights after dropout: each is dropped, or grown by 1 / (1 - p).</summary>
    [Theory]
    [MemberData(nameof(DroppableNames))]
    public void DropoutFollowsTraining(string name)
    {
        using var scope = NewDisposeScope();
        using var attention = Droppable[name]();
        var data = new Data(7);
        var query = data.Normal(64, Sizes.Queries, Sizes.QueryDim);
        var key = data.Normal(64, Sizes.Keys, Sizes.QueryDim);
        var value = eye(Sizes.Keys, dtype: ScalarType.Float64, device: CPU).expand(64, Sizes.Keys, Sizes.Keys);

        attention.eval();
        var (plain, weights) = attention.Attend(query, key, value);
        Close.Exact.Check(plain, weights, "context in eval mode");

        attention.train();
        var (context, before) = attention.Attend(query, key, value);
        Close.Exact.Check(before, weights, "weights in training");
        var dropped = context.Is(0).logical_and(weights.Is(0).logical_not());
        Close.Exact.Check(context, weights.Over(1 - Dropout).Fill(dropped, 0), "context in training");
        // Of more than a thousand weights: not one of either kind has a probability below 1e-300.
        Assert.True(dropped.any().item<bool>(), "nothing was dropped");
        Assert.True(context.any().item<bool>(), "everything was dropped");
    }

    [Fact]
    public void WithoutAttendThereAreNoChoiceStatistics()
    {
        using var scope = NewDisposeScope();
        var kind = Kind.Of("soft dot");
        using var attention = kind.Build();
        var inputs = kind.Inputs();
        using var output = attention.Attend(inputs.Query, inputs.Key, inputs.Value);
        Assert.Null(output.Sample);
        Assert.Null(output.LogProbability);
        Assert.Null(output.Entropy);
        Assert.Null(output.Alignment);
    }
}
