using TorchAttention.Tests.Errors;
using TorchAttention.Tests.Rules;
using TorchAttention.Tests.Support;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Decoding;

/// <summary>Prepared keys in another order are those of the sentences in that order.</summary>
public class MemorySelection
{
    private static readonly long[] Order = [1, 1, 0];

    public static IEnumerable<TheoryDataRow<string, int>> Ranks => Every.With(3, 4);

    [Theory]
    [MemberData(nameof(Ranks))]
    public void EqualsPreparingOtherSentences(string kindName, int rank)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var kind = Kind.Of(kindName);
        using var attention = kind.Build();
        var inputs = kind.Inputs(rank);
        var indices = Indices(Order);
        var other = inputs.Map(tensor => tensor.index_select(0, indices));
        var shared = AttentionMask.Allow(MaskKind.Tabulate((_, _, j) => j < 5, [], 1, Sizes.Keys));
        foreach (var (mask, otherMask) in new (AttentionMask?, AttentionMask?)[]
        {
            (null, null), (shared, shared), (AttentionMask.Padding(4, Sizes.Keys), AttentionMask.Padding(Sizes.Keys, Sizes.Keys, 4)),
        })
        {
            using var memory = attention.Prepare(inputs.Key, inputs.Value, mask);
            AttentionMemory? selected = null;
            NoLeaks.LeavesNone(() => memory.Select(indices).Dispose(), "a selection");
            using (selected = memory.Select(indices))
            {
                var (context, weights) = attention.Attend(other.Query, selected);
                var (expected, expectedWeights) = attention.Attend(other.Query, other.Key, other.Value, otherMask);
                Close.Reordered(ScalarType.Float64).Check(context, expected, "context");
                Close.Reordered(ScalarType.Float64).Check(weights, expectedWeights, "weights");
            }
        }
    }

    /// <summary>Keys for all sentences serve them in any order.</summary>
    [Fact]
    public void WhatIsSharedStays()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var attention = Kind.Of("heads").Build();
        var inputs = Kind.Of("heads").Inputs();
        var indices = Indices(Order);
        var (query, key) = (inputs.Query.index_select(0, indices), inputs.Key[..1]);
        using var memory = attention.Prepare(key, inputs.Value);
        using var selected = memory.Select(indices);
        Close.Reordered(ScalarType.Float64).Check(
            attention.Attend(query, selected).Context, attention.call(query, key, inputs.Value.index_select(0, indices)), "context");
    }

    [Fact]
    public void OrdersAreChecked()
    {
        using var scope = NewDisposeScope();
        using var attention = Kind.Of("soft dot").Build();
        var inputs = Kind.Of("soft dot").Inputs();
        using var memory = attention.Prepare(inputs.Key, inputs.Value);
        foreach (var wrong in new[] { null!, Indices(2), Indices(-1), Indices(0).to(ScalarType.Int32), Indices(0).unsqueeze(0) })
            Rejected.Check("indices", () => memory.Select(wrong));
        var one = inputs.Map(tensor => tensor[0]);
        using var unbatched = attention.Prepare(one.Key, one.Value);
        Assert.Throws<InvalidOperationException>(() => unbatched.Select(Indices(0)));
    }

    private static Tensor Indices(params long[] indices) => tensor(indices, dtype: ScalarType.Int64, device: CPU);
}
