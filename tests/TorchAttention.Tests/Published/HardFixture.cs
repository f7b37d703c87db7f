using TorchAttention.Tests.Support;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Published;

/// <summary>Argmax and straight-through, from the formulas.</summary>
public class HardFixture
{
    public static IEnumerable<TheoryDataRow<string>> Cases => Suites.Of("hard");

    [Theory]
    [MemberData(nameof(Cases))]
    public void Agrees(string name)
    {
        using var scope = NewDisposeScope();
        var agreement = new Agreement("hard", name);
        var (query, key, value) = (agreement.Input("query"), agreement.Input("key"), agreement.Input("value"));
        using var attention = new HardAttention(query.size(-1), key.size(-1), value.size(-1), Estimator(agreement.Fixture));
        attention.train(agreement.Fixture.Argument("mode")!.Value.GetString() != "argmax");

        using var output = attention.Attend(query, key, value);

        if (agreement.Fixture.Expected("indices") is { } indices) Close.Exact.Check(output.Weights.argmax(-1), indices, "indices");
        agreement.Check(output.Context, output.Weights);
    }

    private static StraightThrough Estimator(Fixture fixture) =>
        fixture.Argument("temperature") is null ? new StraightThrough() : new StraightThrough(fixture.Number("temperature"));
}
