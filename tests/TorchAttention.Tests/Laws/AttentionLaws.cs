using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using TorchAttention.Tests.Support;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Laws;

/// <summary>Laws that hold for any sizes and numbers. The replay fixes the cases, so that a run is like any other.</summary>
[Properties(MaxTest = 1000, Replay = "20241,107", Arbitrary = [typeof(Case)], QuietOnSuccess = true)]
public class AttentionLaws
{
    private static readonly Close Rounding = Close.Reordered(ScalarType.Float64);

    /// <summary>One where a query has a key, and zero where it has none.</summary>
    [Property]
    public void RowsSumToOne(Case @case) => @case.Run((kind, attention, inputs, data) =>
    {
        if (kind.Is(Traits.Unnormalized)) return;
        var allowed = data.Bool(0.6, inputs.QueryLength, inputs.KeyLength);
        var (_, weights) = attention.Attend(inputs.Query, inputs.Key, inputs.Value, AttentionMask.Allow(allowed));
        var inBand = MaskKind.Tabulate(
            (_, i, j) => kind.Reference.InBand(i, j, inputs.QueryLength, inputs.KeyLength), [], inputs.QueryLength, inputs.KeyLength);
        var expected = allowed.logical_and(inBand).any(-1).to(ScalarType.Float64).expand(weights.shape[..^1]);
        Rounding.Check(weights.sum(-1), expected, "sums");
        Assert.True(weights.AtLeast(0).all().item<bool>(), "a weight is negative");
        Rounding.Check(weights.Fill(allowed, 0), zeros_like(weights), "weights of what is not allowed");
    });

    /// <summary>Keys have no order but where the mechanism counts positions.</summary>
    [Property]
    public void PermutingKeysPermutesWeights(Case @case) => @case.Run((kind, attention, inputs, data) =>
    {
        if (kind.Is(Traits.OrderedKeys)) return;
        var order = Order(data, inputs.KeyLength);
        var (context, weights) = attention.Attend(inputs.Query, inputs.Key, inputs.Value);
        var (permutedContext, permuted) = attention.Attend(
            inputs.Query, inputs.Key.index_select(-2, order), inputs.Value.index_select(-2, order));
        Rounding.Check(permutedContext, context, "context");
        Rounding.Check(permuted, weights.index_select(-1, order), "weights");
    });

    [Property]
    public void PermutingQueriesPermutesContexts(Case @case) => @case.Run((kind, attention, inputs, data) =>
    {
        if (kind.Is(Traits.OrderedQueries | Traits.Chained)) return;
        var order = Order(data, inputs.QueryLength);
        var context = attention.call(inputs.Query, inputs.Key, inputs.Value);
        var permuted = attention.call(inputs.Query.index_select(-2, order), inputs.Key, inputs.Value);
        Rounding.Check(permuted, context.index_select(-2, order), "context");
    });

    /// <summary>A masked key might as well not be there.</summary>
    [Property]
    public void MaskingEqualsDeleting(Case @case) => @case.Run((kind, attention, inputs, data) =>
    {
        if (kind.Is(Traits.OrderedKeys)) return; // deleting a key moves those after it
        var kept = Order(data, inputs.KeyLength).narrow(0, 0, 1 + data.Next((int)inputs.KeyLength)).sort().Values;
        var keptKeys = kept.data<long>().ToArray();
        var allowed = MaskKind.Tabulate((_, _, j) => keptKeys.Contains(j), [], 1, inputs.KeyLength);
        var (context, weights) = attention.Attend(inputs.Query, inputs.Key, inputs.Value, AttentionMask.Allow(allowed));
        var (shortContext, shortWeights) = attention.Attend(
            inputs.Query, inputs.Key.index_select(-2, kept), inputs.Value.index_select(-2, kept));
        Rounding.Check(context, shortContext, "context");
        Rounding.Check(weights.index_select(-1, kept), shortWeights, "weights");
    });

    /// <summary>The same for the end of a sentence, wherever a mechanism counts from the start.</summary>
    [Property]
    public void PaddingEqualsCutting(Case @case) => @case.Run((kind, attention, inputs, data) =>
    {
        if (kind.Is(Traits.FromTheEnd)) return;
        var length = 1 + data.Next((int)inputs.KeyLength);
        long[] lengths = [.. Enumerable.Repeat((long)length, inputs.Leading.Length == 0 ? 1 : (int)inputs.Leading[0])];
        var (context, weights) = attention.Attend(inputs.Query, inputs.Key, inputs.Value, AttentionMask.Padding(lengths));
        var (cutContext, cutWeights) = attention.Attend(inputs.Query, inputs.Key.narrow(-2, 0, length), inputs.Value.narrow(-2, 0, length));
        Rounding.Check(context, cutContext, "context");
        Rounding.Check(weights.narrow(-1, 0, length), cutWeights, "weights");
    });

    /// <summary>A constant on all scores of a query changes no weight.</summary>
    [Property]
    public void ShiftingScoresChangesNothing(Case @case) => @case.Run((kind, attention, inputs, data) =>
    {
        if (kind.Is(Traits.SeesShifts | Traits.NoBias)) return;
        var shift = AttentionBias.Dense(data.Normal(inputs.QueryLength, 1).Times(10));
        var (context, weights) = attention.Attend(inputs.Query, inputs.Key, inputs.Value);
        var (shiftedContext, shifted) = attention.Attend(inputs.Query, inputs.Key, inputs.Value, bias: shift);
        // A score of a few dozen loses that many units of its last place.
        var close = new Close("shifted scores are rounded at their new size", 64 * 64 * Close.Epsilon(ScalarType.Float64));
        close.Check(shifted, weights, "weights");
        close.Check(shiftedContext, context, "context");
    });

    /// <summary>The context is linear in the values, or with biases affine: f(3v + w) + 3f(0) = 3f(v) + f(w).</summary>
    [Property]
    public void ContextIsLinearInTheValues(Case @case) => @case.Run((kind, attention, inputs, data) =>
    {
        var other = data.Normal(inputs.Value.shape);
        var ofZero = Of(zeros_like(inputs.Value));
        if (kind.Reference.Heads is null) Rounding.Check(ofZero, zeros_like(ofZero), "context of zeros");
        Rounding.Check(
            Numbers.Sum(Of(Numbers.Sum(inputs.Value.Times(3), other)), ofZero.Times(3)), Numbers.Sum(Of(inputs.Value).Times(3), Of(other)),
            "context");

        Tensor Of(Tensor value) => attention.call(inputs.Query, inputs.Key, value);
    });

    /// <summary>One query at a time gives what all at once give; under a causal mask this is decoding.</summary>
    [Property]
    public void OneQueryEqualsAStepOfMany(Case @case) => @case.Run((kind, attention, inputs, data) =>
    {
        var i = data.Next((int)inputs.QueryLength);
        var query = inputs.Query.narrow(-2, i, 1);
        // Aligned at the end, query i of l sees what the last query of a shorter memory sees.
        var seen = inputs.KeyLength - (inputs.QueryLength - 1 - i);
        if (kind.Is(Traits.Chained | Traits.FromTheStart)) return;
        if (kind.Is(Traits.ReadsLength)) seen = inputs.KeyLength;
        if (seen <= 0 || (kind.Is(Traits.FromTheEnd) && kind.Is(Traits.LooksAhead) && i + 1 < inputs.QueryLength)) return;
        var mask = kind.Is(Traits.ReadsLength) ? null : AttentionMask.Causal;
        var all = attention.call(inputs.Query, inputs.Key, inputs.Value, mask);
        var step = attention.call(query, inputs.Key.narrow(-2, 0, seen), inputs.Value.narrow(-2, 0, seen), mask);
        Rounding.Check(step, all.narrow(-2, i, 1), "context");
    });

    private static Tensor Order(Data data, long count)
    {
        using var keys = data.Normal(count);
        return keys.argsort();
    }
}
