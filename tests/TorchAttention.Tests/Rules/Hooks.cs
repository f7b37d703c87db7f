using TorchAttention.Tests.Support;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Rules;

/// <summary>A call with a mask runs the module's hooks as a call without one does; forward and Attend run none.</summary>
public class Hooks
{
    public static IEnumerable<TheoryDataRow<string>> Kinds => Every.One();

    [Theory]
    [MemberData(nameof(Kinds))]
    public void MayChangeInputsAndOutput(string kindName)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var kind = Kind.Of(kindName);
        using var attention = kind.Build();
        var inputs = kind.Inputs();
        var other = kind.Inputs(seed: 11);
        var mask = AttentionMask.Padding(4, Sizes.Keys);
        var expected = attention.call(other.Query, other.Key, other.Value, mask).Times(3);

        attention.register_forward_pre_hook((_, query, _, _) =>
        {
            Close.Exact.Check(query, inputs.Query, "the query a pre-hook sees");
            return (other.Query, other.Key, other.Value);
        });
        attention.register_forward_hook((_, query, _, _, context) =>
        {
            Close.Exact.Check(query, other.Query, "the query a hook sees");
            return context.Times(3);
        });

        Close.Exact.Check(attention.call(inputs.Query, inputs.Key, inputs.Value, mask), expected, "context after the hooks");
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void MaySeeWithoutChanging(string kindName)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var kind = Kind.Of(kindName);
        using var attention = kind.Build();
        var (query, key, value) = kind.Inputs();
        var expected = attention.call(query, key, value, AttentionMask.Causal);
        var calls = 0;
        var before = attention.register_forward_pre_hook((_, _, _, _) => { calls++; return null; });
        var after = attention.register_forward_hook((_, _, _, _, _) => { calls += 10; return null!; });

        Close.Exact.Check(attention.call(query, key, value, AttentionMask.Causal), expected, "context");
        Assert.Equal(11, calls);
        attention.forward(query, key, value);
        attention.Attend(query, key, value, AttentionMask.Causal);
        Assert.Equal(11, calls);

        before.remove();
        after.remove();
        attention.call(query, key, value, AttentionMask.Causal);
        Assert.Equal(11, calls);
    }
}
