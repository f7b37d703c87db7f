using TorchAttention.Tests.Support;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Rules;

/// <summary>Hard attention: what it chooses, what it says about the choice, and where its gradient comes from.</summary>
public class Choices
{
    private static readonly ScalarType[] DTypes = [ScalarType.Float64, ScalarType.Float32, ScalarType.BFloat16];

    public static IEnumerable<TheoryDataRow<string, ScalarType>> HardKinds =>
        from kind in Kind.All
        where kind.Is(Traits.Hard) && kind.Create() is HardAttention // of hard heads, one is one of these
        from dtype in DTypes
        select new TheoryDataRow<string, ScalarType>(kind.Name, dtype);

    public static IEnumerable<TheoryDataRow<string, string>> Statistics =>
        from kind in Kind.All
        where kind.Create() is HardAttention
        from mask in MaskKind.Names
        select new TheoryDataRow<string, string>(kind.Name, mask);

    [Theory]
    [MemberData(nameof(HardKinds))]
    public void TiesGoToTheFirstKey(string kindName, ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        var kind = Kind.Of(kindName);
        using var attention = kind.Build(dtype);
        var inputs = kind.Inputs(rank: 3, dtype);
        // Zeros, because equal numbers need not stay equal: a vectorised tanh rounds the last few of a row in another way.
        var same = inputs with { Query = zeros_like(inputs.Query), Key = zeros_like(inputs.Key) };

        var (context, weights) = attention.Attend(same.Query, same.Key, same.Value);
        Close.Exact.Check(weights.argmax(-1), zeros(Sizes.Batch, Sizes.Queries, device: CPU), "choice");
        Close.Exact.Check(context, same.Value.narrow(1, 0, 1).expand(-1, Sizes.Queries, -1), "context");

        using var allowed = tensor(new[] { false, false, true, true, false, true, true }, dtype: ScalarType.Bool, device: CPU).unsqueeze(0);
        (_, weights) = attention.Attend(same.Query, same.Key, same.Value, AttentionMask.Allow(allowed));
        Close.Exact.Check(weights.argmax(-1), new Grid([Sizes.Batch, Sizes.Queries], [.. Enumerable.Repeat(2.0, (int)(Sizes.Batch * Sizes.Queries))]), "choice among the allowed");
    }

    /// <summary>In any precision: one whole weight, on a key whose score is the highest up to rounding, and the context is its value.</summary>
    [Theory]
    [MemberData(nameof(HardKinds))]
    public void TakeTheHighestScore(string kindName, ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var kind = Kind.Of(kindName);
        using var attention = kind.Build(dtype);
        var inputs = kind.Inputs(rank: 3, dtype);

        var (context, weights) = attention.Attend(inputs.Query, inputs.Key, inputs.Value);

        using var precise = kind.Build(dtype);
        precise.to(ScalarType.Float64);
        var scores = ((ScoredReference)kind.Reference).Score.Naive(
            name => precise.named_parameters().Single(entry => entry.name == "score." + name).parameter,
            inputs.Query.to(ScalarType.Float64), inputs.Key.to(ScalarType.Float64));
        var choice = weights.argmax(-1, keepdim: true);
        Close.Exact.Check(weights.sum(-1), ones(Sizes.Batch, Sizes.Queries, device: CPU), "sum of the weights");
        Close.Reordered(dtype).Check(scores.gather(-1, choice), scores.amax([-1], keepdim: true), "score of the choice");
        Close.Exact.Check(context, inputs.Value.gather(1, choice.expand(-1, -1, Sizes.ValueDim)), "context");
    }

    [Theory]
    [MemberData(nameof(Statistics))]
    public void TellSampleProbabilityAndEntropy(string kindName, string maskName)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var kind = Kind.Of(kindName);
        using var attention = kind.Build();
        var inputs = kind.Inputs(rank: 4);
        var (mask, allowed) = kind.Mask(maskName, inputs);

        using var output = attention.Attend(inputs.Query, inputs.Key, inputs.Value, mask);

        var soft = (ScoredReference)kind.Reference with { Normalizer = NormalizerKind.Softmax };
        var (_, weights) = kind.Reference.Oracle(attention, inputs, allowed);
        var (_, probabilities) = soft.Oracle(attention, inputs, allowed);
        var rows = Grid.Indices(inputs.Leading)
            .SelectMany(batch => Enumerable.Range(0, (int)Sizes.Queries)
                .Select(i => Oracle.Choice(weights.Row(batch, i), probabilities.Row(batch, i))))
            .ToList();
        long[] shape = [.. inputs.Leading, Sizes.Queries];
        Assert.Equal(ScalarType.Int64, output.Sample!.dtype);
        Close.Exact.Check(output.Sample, new Grid(shape, [.. rows.Select(row => (double)row.Sample)]), "sample");
        Close.Reordered(ScalarType.Float64).Check(output.LogProbability!, new Grid(shape, [.. rows.Select(row => row.LogProbability)]), "log-probability");
        Close.Reordered(ScalarType.Float64).Check(output.Entropy!, new Grid(shape, [.. rows.Select(row => row.Entropy)]), "entropy");
    }

    /// <summary>They are computed in float32 from the scores as they are, and rounded once; so are their gradients.</summary>
    [Theory]
    [InlineData("none")]
    [InlineData("dense with an empty row")]
    public void ProbabilityAndEntropyAreRoundedOnce(string maskName)
    {
        using var scope = NewDisposeScope();
        var kind = Kind.Of("hard");
        using var attention = kind.Build();
        // One product each, so that the scores are the same numbers in both precisions.
        var scores = new Data(20).Normal(ScalarType.BFloat16, 5, 7);
        var mask = MaskKind.Of(maskName).For([], 5, 7).Mask;

        var half = Statistics(scores);
        var single = Statistics(scores.to(ScalarType.Float32));

        foreach (var (name, numbers) in single) Close.Exact.Check(half[name], numbers.to(ScalarType.BFloat16), name);

        Dictionary<string, Tensor> Statistics(Tensor numbers)
        {
            var query = eye(5, dtype: numbers.dtype, device: CPU);
            var key = numbers.t().contiguous().requires_grad_(); // (7, 5): key j holds its score for every query
            var bias = zeros(5, 7, dtype: numbers.dtype, device: CPU).requires_grad_();
            using var hard = new HardAttention(new DotScore());
            hard.eval();
            var output = hard.Attend(query, key, key, mask, AttentionBias.Dense(bias));
            Numbers.Sum(output.LogProbability!.sum(), output.Entropy!.sum()).backward();
            Assert.Equal(numbers.dtype, output.LogProbability!.dtype);
            Assert.Equal(numbers.dtype, output.Entropy!.dtype);
            return new()
            {
                ["log-probability"] = output.LogProbability,
                ["entropy"] = output.Entropy,
                ["gradient of the scores"] = bias.grad!,
            };
        }
    }

    [Theory]
    [InlineData(0.7)]
    [InlineData(1.0)]
    [InlineData(2.5)]
    public void StraightThroughHasTheGradientOfSoftAttention(double temperature)
    {
        using var scope = NewDisposeScope();
        var inputs = Kind.Of("scaled dot-product").Inputs();
        var scale = 1 / Math.Sqrt(Sizes.QueryDim);
        using var hard = new HardAttention(Sizes.QueryDim, Sizes.QueryDim, Sizes.ValueDim, new StraightThrough(temperature));
        using var soft = new ScaledDotProductAttention(Sizes.QueryDim, Sizes.QueryDim, Sizes.ValueDim, scale / temperature);
        var mask = AttentionMask.Padding(4, Sizes.Keys);

        hard.train();
        var actual = Every.Run(hard, inputs, leaves => hard.Attend(leaves.Query, leaves.Key, leaves.Value, mask));
        var expected = Every.Run(soft, inputs, leaves => soft.Attend(leaves.Query, leaves.Key, leaves.Value, mask));

        foreach (var name in new[] { "gradient of query", "gradient of key" })
            Close.Reordered(ScalarType.Float64).Check(actual[name], expected[name], name);
    }

    /// <summary>A choice has no gradient: in eval mode none reaches query, key and score.</summary>
    [Fact]
    public void EvalModePassesNoGradient()
    {
        using var scope = NewDisposeScope();
        var kind = Kind.Of("hard additive");
        using var attention = kind.Build();
        var inputs = kind.Inputs().RequiresGrad();
        attention.call(inputs.Query, inputs.Key, inputs.Value).sum().backward();
        Assert.Null(inputs.Query.grad);
        Assert.Null(inputs.Key.grad);
        Assert.NotNull(inputs.Value.grad);
        Assert.All(attention.parameters(), parameter => Assert.Null(parameter.grad));
    }
}
