using TorchAttention.Tests.Support;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Published;

/// <summary>Rotary positions in both layouts.</summary>
public class RotaryFixture
{
    public static IEnumerable<TheoryDataRow<string>> Cases =>
        Suites.Of("positions", name => name.StartsWith("rotary", StringComparison.Ordinal));

    [Theory]
    [MemberData(nameof(Cases))]
    public void Agrees(string name)
    {
        using var scope = NewDisposeScope();
        var agreement = new Agreement("positions", name);
        var input = agreement.Input("x");
        var layout = Enum.Parse<RotaryLayout>(agreement.Fixture.Argument("layout")!.Value.GetString()!, ignoreCase: true);
        using var rotary = new RotaryEmbedding(input.size(-1), agreement.Fixture.Number("base"), layout);

        agreement.Check(rotary.call(input));
    }
}
