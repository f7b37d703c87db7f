using TorchAttention.Tests.Support;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Published;

/// <summary>Hard attention from the formulas: argmax, straight-through, Gumbel with given noise, REINFORCE with a given sample.</summary>
public class HardFixture
{
    private const string GivenSample = "reinforce-given-sample";

    public static IEnumerable<TheoryDataRow<string>> Cases => Suites.Of("hard", name => name != GivenSample);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Agrees(string name)
    {
        using var scope = NewDisposeScope();
        var agreement = new Agreement("hard", name);
        var mode = agreement.Fixture.Argument("mode")!.Value.GetString();
        HardEstimator estimator = mode switch
        {
            "gumbel" => new Gumbel(agreement.Fixture.Number("temperature"), _ => agreement.Fixture.Input("noise")),
            "straight-through" => new StraightThrough(agreement.Fixture.Number("temperature")),
            _ => new Expectation(),
        };
        using var output = Attend(agreement, estimator, training: mode != "argmax");

        if (agreement.Fixture.Expected("indices") is { } indices) Close.Exact.Check(output.Sample!, indices, "indices");
        agreement.Check(output.Context, output.Weights);
    }

    /// <summary>What is compared of the gradients is that of the loss, the sum of both terms over the queries.</summary>
    [Fact]
    public void ReinforceAgrees()
    {
        using var scope = NewDisposeScope();
        var agreement = new Agreement("hard", GivenSample);
        var fixture = agreement.Fixture;
        var sample = fixture.Input("sample").detach().to(ScalarType.Int64);
        using var reinforce = new ReinforceLoss(
            fixture.Number("reward_weight"), fixture.Number("entropy_weight"), reduction: nn.Reduction.Sum);
        reinforce.to(ScalarType.Float64);
        reinforce.get_buffer("baseline")!.fill_(fixture.Number("baseline"));

        // Noise that no score comes up against, on the key that the sample says.
        using var output = Attend(agreement, new Reinforce(0, scores => nn.functional.one_hot(sample, scores.size(-1)).Times(1e9)), training: true);
        var loss = reinforce.call(output, fixture.Input("reward"));

        Close.Exact.Check(output.Sample!, sample, "sample");
        Close.Published.Check(output.Context, fixture.Expected("context")!, "context");
        Close.Published.Check(output.LogProbability!, fixture.Expected("log_probability")!, "log-probability");
        Close.Published.Check(output.Entropy!, fixture.Expected("entropy")!, "entropy");
        Close.Published.Check(loss, fixture.Expected("loss")!, "loss");
        loss.backward();
        agreement.CheckGradients();
    }

    private static AttentionOutput Attend(Agreement agreement, HardEstimator estimator, bool training)
    {
        var (query, key, value) = (agreement.Input("query"), agreement.Input("key"), agreement.Input("value"));
        using var attention = new HardAttention(query.size(-1), key.size(-1), value.size(-1), estimator);
        attention.train(training);
        return attention.Attend(query, key, value);
    }
}
