using TorchAttention.Tests.Support;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Published;

/// <summary>Windows by PyTorch and by lucidrains/local-attention; Luong's local-p from its formula.</summary>
public class LocalFixture
{
    public static IEnumerable<TheoryDataRow<string>> Windows => Suites.Of("local", name => !name.StartsWith("luong", StringComparison.Ordinal));

    public static IEnumerable<TheoryDataRow<string>> Predictive => Suites.Of("local", name => name.StartsWith("luong", StringComparison.Ordinal));

    [Theory]
    [MemberData(nameof(Windows))]
    public void WindowAgrees(string name)
    {
        using var scope = NewDisposeScope();
        var agreement = new Agreement("local", name);
        var (query, key, value) = (agreement.Input("query"), agreement.Input("key"), agreement.Input("value"));
        using var attention = new LocalAttention(
            query.size(-1), key.size(-1), value.size(-1), agreement.Fixture.Integer("left"), agreement.Fixture.Integer("right"));

        var (context, weights) = attention.Attend(query, key, value, agreement.Padding);

        agreement.Check(context, weights);
    }

    [Theory]
    [MemberData(nameof(Predictive))]
    public void PredictiveAgrees(string name)
    {
        using var scope = NewDisposeScope();
        var agreement = new Agreement("local", name);
        var (query, key, value) = (agreement.Input("query"), agreement.Input("key"), agreement.Input("value"));
        using var attention = new PredictiveLocalAttention(
            query.size(-1), key.size(-1), value.size(-1),
            agreement.Fixture.Integer("half_width"), agreement.Fixture.Parameter("Wp").size(0));
        attention.to(ScalarType.Float64);
        agreement.Set(attention, "position_hidden.weight", "Wp");
        agreement.Set(attention, "position_output.weight", "vp");

        var (context, weights) = attention.Attend(query, key, value, agreement.Padding);

        agreement.Check(context, weights);
    }
}
