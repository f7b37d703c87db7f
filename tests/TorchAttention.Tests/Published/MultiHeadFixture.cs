using TorchAttention.Tests.Support;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Published;

/// <summary>PyTorch's nn.MultiheadAttention, its state_dict loaded as it is.</summary>
public class MultiHeadFixture
{
    public static IEnumerable<TheoryDataRow<string>> Cases => Suites.Of("multihead");

    [Theory]
    [MemberData(nameof(Cases))]
    public void Agrees(string name)
    {
        using var scope = NewDisposeScope();
        var agreement = new Agreement("multihead", name);
        var fixture = agreement.Fixture;
        using var attention = new MultiHeadAttention(
            fixture.Integer("embed_dim"), fixture.Integer("num_heads"), keyDim: Size("kdim"), valueDim: Size("vdim"), bias: fixture.Flag("bias"));
        agreement.Load(attention);

        var (context, weights) = attention.Attend(
            agreement.Input("query"), agreement.Input("key"), agreement.Input("value"), agreement.Padding);

        agreement.Check(context, weights);

        long? Size(string argument) =>
            fixture.Argument(argument) is { ValueKind: System.Text.Json.JsonValueKind.Number } size ? size.GetInt64() : null;
    }
}
