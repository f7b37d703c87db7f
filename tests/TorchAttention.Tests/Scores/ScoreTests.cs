using TorchAttention.Tests.Support;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Scores;

/// <summary>A score used alone: every pair against the oracle's formula.</summary>
public class ScoreTests
{
    public static IEnumerable<TheoryDataRow<string, int, ScalarType>> Product =>
        from score in ScoreKind.All
        from rank in new[] { 2, 3, 4 }
        from dtype in new[] { ScalarType.Float64, ScalarType.Float32, ScalarType.BFloat16 }
        select new TheoryDataRow<string, int, ScalarType>(score.Name, rank, dtype);

    [Theory]
    [MemberData(nameof(Product))]
    public void ScoresEveryPair(string name, int rank, ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var kind = Kind.Of($"soft {name}");
        var formula = ScoreKind.All.Single(score => score.Name == name);
        using var attention = kind.Build(dtype);
        using var score = formula.Create();
        score.to(dtype);
        var parameters = attention.named_parameters().ToDictionary(entry => entry.name["score.".Length..], entry => (Tensor)entry.parameter);
        score.load_state_dict(parameters);
        var (query, key, _) = kind.Inputs(rank, dtype);

        var scores = score.call(query, key);

        var pair = formula.Pair(parameter => Grid.Of(parameters[parameter]));
        var (queries, keys) = (Grid.Of(query), Grid.Of(key));
        var expected = Grid.Zeros([.. Sizes.Leading(rank), Sizes.Queries, Sizes.Keys]);
        foreach (var batch in Grid.Indices(Sizes.Leading(rank)))
            for (var i = 0L; i < Sizes.Queries; i++)
                for (var j = 0L; j < Sizes.Keys; j++)
                    expected.Row(batch, i)[(int)j] = pair(queries.Row(batch, i), keys.Row(batch, j));
        var naive = Grid.Of(formula.Naive(parameter => parameters[parameter], query, key));
        Close.Budget(naive, expected, dtype, 2).Check(scores, expected, "scores");
    }

    /// <summary>The floor keeps the cosine of nothing at zero, with finite gradients.</summary>
    [Fact]
    public void TheCosineOfAZeroVectorIsZero()
    {
        using var scope = NewDisposeScope();
        using var score = new CosineScore();
        var key = new Data(16).Normal(7, 11);
        var query = zeros(5, 11, dtype: ScalarType.Float64, device: CPU).requires_grad_();
        var scores = score.call(query, key);
        Close.Exact.Check(scores, Grid.Zeros(5, 7), "scores");
        scores.sum().backward();
        Assert.True(query.grad!.isfinite().all().item<bool>());
    }

    [Fact]
    public void ACosineDoesNotSeeLengths()
    {
        using var scope = NewDisposeScope();
        using var score = new CosineScore(2.5);
        var (query, key) = (new Data(16).Normal(5, 11), new Data(17).Normal(7, 11));
        Close.Reordered(ScalarType.Float64).Check(score.call(query.Times(1e3), key.Times(1e-5)), score.call(query, key), "scores");
        Close.Reordered(ScalarType.Float64).Check(
            score.call(query, query).diagonal(), new Grid([5], [2.5, 2.5, 2.5, 2.5, 2.5]), "scores of a vector with itself");
    }
}
