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

    /// <summary>The floor keeps the cosine of nothing at zero; there and below the floor it is linear, so its gradient is exact.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1e-300)]
    [InlineData(1e-3)]
    public void TheCosineOfAShortVectorIsLinear(double length)
    {
        const double floor = 0.5;
        using var scope = NewDisposeScope();
        using var score = new CosineScore(floor: floor);
        var key = new Data(16).Normal(7, 11);
        var query = new Data(17).Normal(5, 11).Times(length).requires_grad_();
        var directions = nn.functional.normalize(key, 2, -1);
        var scores = score.call(query, key);
        var unit = Math.Max(length, 1e-300); // else any tiny number would do
        Close.Reordered(ScalarType.Float64).Check(scores.Over(unit), query.matmul(directions.t()).Over(floor).Over(unit), "scores");
        scores.sum().backward();
        Close.Reordered(ScalarType.Float64).Check(query.grad!, directions.sum(dim: 0).Over(floor).expand(5, 11), "gradient");
    }

    /// <summary>Also in float16, where the floor itself would be zero; it is for CUDA alone, but a score's parts run here too.</summary>
    [Theory]
    [InlineData(ScalarType.Float16)]
    [InlineData(ScalarType.BFloat16)]
    [InlineData(ScalarType.Float32)]
    public void TheCosineOfNothingIsZero(ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        using var score = new CosineScore();
        var (query, key) = (new Data(16).Normal(dtype, 5, 11).requires_grad_(), new Data(17).Normal(dtype, 7, 11));
        var expected = score.call(query.to(ScalarType.Float64), key.to(ScalarType.Float64));
        var nothing = tensor(new[] { true, false, false, true, false, false, false }, dtype: ScalarType.Bool, device: CPU);

        var scores = score.Compare(query, score.Prepare(key.Fill(nothing.unsqueeze(-1), 0)));
        scores.sum().backward();

        Assert.Equal(dtype, scores.dtype);
        Close.Reordered(dtype).Check(scores, expected.Fill(nothing, 0), "scores");
        Assert.True(query.grad!.isfinite().all().item<bool>(), "the gradient is not finite");
    }

    /// <summary>The square of a length may overflow, or vanish; the length itself does neither.</summary>
    [Theory]
    [InlineData(ScalarType.Float32, 1e30)]
    [InlineData(ScalarType.Float32, 1e-30)]
    [InlineData(ScalarType.BFloat16, 1e30)]
    [InlineData(ScalarType.BFloat16, 1e-30)]
    [InlineData(ScalarType.Float64, 1e200)]
    [InlineData(ScalarType.Float64, 1e-200)]
    public void ACosineIsOfAnyLength(ScalarType dtype, double length)
    {
        using var scope = NewDisposeScope();
        using var score = new CosineScore(floor: double.Epsilon * 1e10);
        var (query, key) = (new Data(16).Normal(dtype, 5, 11), new Data(17).Normal(dtype, 7, 11));
        var expected = score.call(query.to(ScalarType.Float64), key.to(ScalarType.Float64));
        var far = query.Times(length).requires_grad_();
        var scores = score.call(far, key.Times(length));
        Close.Reordered(dtype).Check(scores, expected, "scores");
        scores.sum().backward();
        Assert.True(far.grad!.isfinite().all().item<bool>(), "the gradient is not finite");
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

    /// <summary>Small scores stay, and none passes the cap.</summary>
    [Fact]
    public void ACapIsABound()
    {
        using var scope = NewDisposeScope();
        using var score = new SoftcapScore(new DotScore(), 2.5);
        var (query, key) = (new Data(16).Normal(5, 11), new Data(17).Normal(7, 11));
        Assert.True(score.call(query.Times(1e3), key).abs().AtMost(2.5).all().item<bool>());
        new Close("tanh x = x - x³/3 + …", 1e-8).Check(score.call(query.Times(1e-4), key), query.matmul(key.t()).Times(1e-4), "scores");
        using var bilinear = new SoftcapScore(new BilinearScore(11, 13), 2.5);
        Assert.Equal((11, 13), (bilinear.QueryDim, bilinear.KeyDim));
    }

    /// <summary>As in TensorFlow: g = 1/√hidden, b = 0; and the length of v has no part in the score.</summary>
    [Fact]
    public void WeightNormalisationSeparatesTheLength()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var score = AdditiveScore.WeightNormalized(11, 13, 16);
        var state = score.state_dict();
        Assert.Equal(0.25f, state["gain"].item<float>());
        Close.Exact.Check(state["query_projection.bias"], Grid.Zeros(16), "b");
        var (query, key) = (new Data(16).Normal(ScalarType.Float32, 5, 11), new Data(17).Normal(ScalarType.Float32, 7, 13));
        var before = score.call(query, key);
        state["energy.weight"].mul_(8);
        Close.Reordered(ScalarType.Float32).Check(score.call(query, key), before, "scores");
        state["gain"].mul_(2);
        Close.Reordered(ScalarType.Float32).Check(score.call(query, key), before.Times(2), "scores");
    }
}
