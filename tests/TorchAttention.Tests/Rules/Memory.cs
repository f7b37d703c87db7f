using TorchAttention.Tests.Support;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Rules;

/// <summary>Prepared keys: the same as a direct call, an explicit value with an owner.</summary>
public class Memory
{
    public static IEnumerable<TheoryDataRow<string, int>> Ranks => Every.With(2, 3, 4);

    public static IEnumerable<TheoryDataRow<string>> Kinds => Every.One();

    /// <summary>Padding may be told when preparing or when attending.</summary>
    [Theory]
    [MemberData(nameof(Ranks))]
    public void EqualsTheDirectCall(string kindName, int rank)
    {
        using var scope = NewDisposeScope();
        var kind = Kind.Of(kindName);
        using var attention = kind.Build();
        var inputs = kind.Inputs(rank);
        var padding = rank == 2 ? AttentionMask.Padding(4) : AttentionMask.Padding(4, Sizes.Keys);

        foreach (var other in new[] { null, AttentionMask.Causal, AttentionMask.Window(2, 2) })
        {
            var both = other is null ? padding : padding & other;
            var direct = Every.Run(attention, inputs, leaves => attention.Attend(leaves.Query, leaves.Key, leaves.Value, both));
            var early = Every.Run(
                attention, inputs, leaves => attention.Attend(leaves.Query, attention.Prepare(leaves.Key, leaves.Value, padding), other));
            var late = Every.Run(
                attention, inputs, leaves => attention.Attend(leaves.Query, attention.Prepare(leaves.Key, leaves.Value), both));
            Every.AreEqual(Close.Reordered(ScalarType.Float64), early, direct);
            Every.AreEqual(Close.Reordered(ScalarType.Float64), late, direct);
        }
    }

    /// <summary>As a decoder uses it: one query after the other, with a bias.</summary>
    [Theory]
    [MemberData(nameof(Kinds))]
    public void ServesManyQueries(string kindName)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var kind = Kind.Of(kindName);
        using var attention = kind.Build();
        var inputs = kind.Inputs(rank: 3);
        var mask = AttentionMask.Padding(4, Sizes.Keys);
        var bias = kind.Is(Traits.NoBias) ? null : AttentionBias.Dense(new Data(8).Normal(1, Sizes.Keys));
        using var memory = attention.Prepare(inputs.Key, inputs.Value, mask);

        for (var i = 0L; i < Sizes.Queries; i++)
        {
            var step = inputs.Query.narrow(1, i, 1);
            var (context, weights) = attention.Attend(step, memory, bias: bias);
            var (direct, directWeights) = attention.Attend(step, inputs.Key, inputs.Value, mask, bias);
            Close.Reordered(ScalarType.Float64).Check(context, direct, "context");
            Close.Reordered(ScalarType.Float64).Check(weights, directWeights, "weights");
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void OutlivesItsTensorsAndTheyIt(string kindName)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var kind = Kind.Of(kindName);
        using var attention = kind.Build();
        var inputs = kind.Inputs();
        var expected = attention.Attend(inputs.Query, inputs.Key, inputs.Value).Context;

        attention.Prepare(inputs.Key, inputs.Value).Dispose();
        Assert.False(inputs.Key.IsInvalid || inputs.Value.IsInvalid);

        var copy = inputs.Copy();
        using var memory = attention.Prepare(copy.Key, copy.Value);
        copy.Key.Dispose();
        copy.Value.Dispose();
        Close.Exact.Check(attention.Attend(inputs.Query, memory).Context, expected, "context");
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void BelongsToItsModule(string kindName)
    {
        using var scope = NewDisposeScope();
        var kind = Kind.Of(kindName);
        using var attention = kind.Build();
        using var twin = kind.Build();
        var inputs = kind.Inputs();
        using var memory = twin.Prepare(inputs.Key, inputs.Value);
        Assert.Equal("memory", Assert.Throws<ArgumentException>(() => attention.Attend(inputs.Query, memory)).ParamName);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void TakesNoMaskThatDependsOnTheQuery(string kindName)
    {
        using var scope = NewDisposeScope();
        var kind = Kind.Of(kindName);
        using var attention = kind.Build();
        var inputs = kind.Inputs();
        AttentionMask[] masks =
        [
            AttentionMask.Causal, AttentionMask.CausalTopLeft, AttentionMask.Window(1, 1),
            AttentionMask.Window(100, 100), // wide enough for every pair of these, but not of all
            AttentionMask.Padding(4, 5) & AttentionMask.Causal, AttentionMask.Padding(4, 5) | AttentionMask.Causal,
            AttentionMask.WindowTopLeft(1, 1), AttentionMask.Prefix(3), AttentionMask.Global(1),
            AttentionMask.Documents(zeros(Sizes.Keys, dtype: ScalarType.Int64, device: CPU)),
            AttentionMask.Allow(new Data(8).Bool(0.5, Sizes.Queries, Sizes.Keys)),
        ];
        foreach (var mask in masks)
            Assert.Equal("mask", Assert.Throws<ArgumentException>(() => attention.Prepare(inputs.Key, inputs.Value, mask)).ParamName);
    }
}
