using TorchAttention.Tests.Support;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Published;

/// <summary>Expected and greedy alignments of given scores, from the paper's equations.</summary>
public class MonotonicFixture
{
    public static IEnumerable<TheoryDataRow<string>> Cases => Suites.Of("monotonic");

    [Theory]
    [MemberData(nameof(Cases))]
    public void Agrees(string name)
    {
        using var scope = NewDisposeScope();
        var agreement = new Agreement("monotonic", name);
        var scores = agreement.Input("scores");
        var start = zeros(1, scores.size(-1), dtype: scores.dtype, device: CPU);
        start[0, 0] = 1.0;

        if (name == "monotonic-greedy")
            Close.Exact.Check(GreedyAlignment.Of(scores, start), agreement.Fixture.Expected("context")!, "alignment");
        else
            agreement.Check(ExpectedAlignment.Of(scores, start));
    }
}
