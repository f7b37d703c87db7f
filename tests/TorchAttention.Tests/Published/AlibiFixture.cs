using TorchAttention.Tests.Support;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Published;

/// <summary>ALiBi's slopes from their formula.</summary>
public class AlibiFixture
{
    [Fact]
    public void SlopesAgree()
    {
        using var scope = NewDisposeScope();
        var fixture = Fixture.Load("positions", "alibi-slopes-8");
        var heads = fixture.Integer("heads");
        var shape = new AttentionShape([heads], 1, 2, ScalarType.Float64, CPU);
        var nearest = AttentionBias.Alibi(heads).AddedTo(shape).Dense.select(-1, 0).squeeze(-1); // of the key before the query's own
        Close.Published.Check(nearest.neg(), fixture.Expected("context")!, "slopes");
    }
}
