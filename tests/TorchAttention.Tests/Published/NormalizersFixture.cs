using TorchAttention.Tests.Support;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Published;

/// <summary>Sparsemax and entmax by the authors' own package, with the gradients of scores and α.</summary>
public class NormalizersFixture
{
    public static IEnumerable<TheoryDataRow<string>> Fixed => Suites.Of("normalizers", name => !name.Contains("alpha"));

    public static IEnumerable<TheoryDataRow<string>> Alphas => Suites.Of("normalizers", name => name.Contains("alpha"));

    [Theory]
    [MemberData(nameof(Fixed))]
    public void FixedAgrees(string name)
    {
        using var scope = NewDisposeScope();
        var agreement = new Agreement("normalizers", name);
        using Normalizer normalizer = agreement.Fixture.Argument("normalizer")!.Value.GetString() == "sparsemax"
            ? new Sparsemax()
            : new Entmax15();
        var allowed = agreement.Fixture.HasInput("allowed") ? agreement.Fixture.Allowed : null;

        agreement.Check(normalizer.call(agreement.Input("scores"), allowed));
    }

    /// <summary>As a number of the module's own, and as a tensor that wants a gradient.</summary>
    [Theory]
    [MemberData(nameof(Alphas))]
    public void AlphaAgrees(string name)
    {
        using var scope = NewDisposeScope();
        var agreement = new Agreement("normalizers", name);
        var scores = agreement.Fixture.Input("scores");
        using var normalizer = new Entmax(agreement.Fixture.Number("alpha"));
        var weights = normalizer.call(scores, null);
        Close.Published.Check(weights, agreement.Fixture.Expected("context")!, "context");
        weights.backward([agreement.Fixture.Upstream]);
        Close.Published.Check(scores.grad!, agreement.Fixture.Gradient("scores")!, "gradient of scores");

        agreement.Check(EntmaxFunction.Apply(agreement.Input("scores"), agreement.Input("alpha")));
    }
}
