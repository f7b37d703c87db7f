using TorchAttention.Tests.Support;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Decoding;

/// <summary>Decoding with a cache gives what attending to everything at once gives.</summary>
public class CacheTests
{
    private static readonly Close Rounding = Close.Reordered(ScalarType.Float64);

    public static IEnumerable<TheoryDataRow<string, int>> Ranks =>
        from kind in Prompted.Kinds
        from rank in new[] { 2, 3, 4 }
        select new TheoryDataRow<string, int>(kind.Name, rank);

    public static IEnumerable<TheoryDataRow<string>> Kinds => Prompted.Kinds.Select(kind => new TheoryDataRow<string>(kind.Name));

    [Theory]
    [MemberData(nameof(Ranks))]
    public void StepsEqualTheWhole(string kindName, int rank)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var kind = Kind.Of(kindName);
        using var attention = Prompted.Build(kind);
        var inputs = Prompted.Inputs(kind, Sizes.Leading(rank));
        // A window looks ahead only as far as there is something.
        var (context, weights) = attention.Attend(inputs.Query, inputs.Key, inputs.Value, AttentionMask.Causal);

        foreach (var chunks in Prompted.Chunkings)
        {
            using var cache = new KeyValueCache(capacity: 1);
            var (steps, last) = Prompted.Decode(attention, inputs, cache, chunks);
            Rounding.Check(steps, context, "context");
            Rounding.Check(last, weights.narrow(-2, Sizes.Keys - chunks[^1], chunks[^1]), "weights");
            Assert.Equal(Sizes.Keys, cache.Length);
            Assert.InRange(cache.Capacity, Sizes.Keys, 2 * Sizes.Keys);

            using var again = new KeyValueCache();
            Rounding.Check(attention.call(inputs.Query, inputs.Key, inputs.Value, again), context, "context by call");
            Assert.Equal(64, again.Capacity);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void StepsEqualTheWholeUnderAMask(string kindName)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var kind = Kind.Of(kindName);
        using var attention = Prompted.Build(kind);
        var inputs = Prompted.Inputs(kind, [Sizes.Batch]);
        var heads = kind.Reference.Heads!.Value;
        var allowed = new Data(3).Bool(0.6, Sizes.Batch, heads, Sizes.Keys, Sizes.Keys);
        var bias = new Data(4).Normal(heads, Sizes.Keys, Sizes.Keys);
        var whole = attention.call(
            inputs.Query, inputs.Key, inputs.Value, AttentionMask.Causal & AttentionMask.Allow(allowed), AttentionBias.Dense(bias));

        using var cache = new KeyValueCache(capacity: 2);
        for (var i = 0L; i < Sizes.Keys; i++)
        {
            var (query, key, value) = Prompted.Slice(inputs, i, 1);
            var step = attention.call(
                query, key, value, cache, AttentionMask.Allow(Seen(allowed, i)), AttentionBias.Dense(Seen(bias, i)));
            Rounding.Check(step, whole.narrow(1, i, 1), "context");
        }

        static Tensor Seen(Tensor table, long i) => table.narrow(-2, i, 1).narrow(-1, 0, i + 1);
    }

    /// <summary>A bias by distance counts slots, and so do the steps.</summary>
    [Theory]
    [MemberData(nameof(Kinds))]
    public void StepsEqualTheWholeUnderAlibi(string kindName)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var kind = Kind.Of(kindName);
        using var attention = Prompted.Build(kind);
        var inputs = Prompted.Inputs(kind, [Sizes.Batch]);
        var bias = AttentionBias.Alibi(kind.Reference.Heads!.Value);
        var whole = attention.call(inputs.Query, inputs.Key, inputs.Value, AttentionMask.Causal, bias);
        using var cache = new KeyValueCache();
        var start = 0L;
        foreach (var chunk in new[] { 3L, 1, 2, 1 })
        {
            var (query, key, value) = Prompted.Slice(inputs, start, chunk);
            Rounding.Check(attention.call(query, key, value, cache, bias: bias), whole.narrow(1, start, chunk), "context");
            start += chunk;
        }
    }

    /// <summary>A mask stands in the place of the causal one: a prompt that sees itself as a whole.</summary>
    [Fact]
    public void AMaskReplacesTheCausalOne()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var attention = Prompted.Build(Kind.Of("heads"));
        var inputs = Prompted.Inputs(Kind.Of("heads"), [Sizes.Batch]);
        using var cache = new KeyValueCache();
        var all = AttentionMask.Window(Sizes.Keys, Sizes.Keys);
        Rounding.Check(
            attention.call(inputs.Query, inputs.Key, inputs.Value, cache, all), attention.call(inputs.Query, inputs.Key, inputs.Value),
            "context");
    }

    /// <summary>Fewer queries than new keys stand at the end, as everywhere.</summary>
    [Theory]
    [MemberData(nameof(Kinds))]
    public void TheLastQueryAloneMayAsk(string kindName)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var kind = Kind.Of(kindName);
        using var attention = Prompted.Build(kind);
        var inputs = Prompted.Inputs(kind, [Sizes.Batch]);
        var whole = attention.call(inputs.Query, inputs.Key, inputs.Value, AttentionMask.Causal);
        using var cache = new KeyValueCache();
        var last = attention.call(inputs.Query.narrow(1, Sizes.Keys - 1, 1), inputs.Key, inputs.Value, cache);
        Rounding.Check(last, whole.narrow(1, Sizes.Keys - 1, 1), "context");
    }

    /// <summary>As a beam search does: sentences multiply, change places and end.</summary>
    [Theory]
    [MemberData(nameof(Kinds))]
    public void ReorderingEqualsOtherSentences(string kindName)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var kind = Kind.Of(kindName);
        using var attention = Prompted.Build(kind);
        var inputs = Prompted.Inputs(kind, [3]);
        using var cache = new KeyValueCache([3, 1, 2], PaddingSide.Left);
        Prompted.Decode(attention, inputs, cache, [3]);

        foreach (var order in new long[][] { [2, 0, 0, 1], [3], [0, 0] })
        {
            var indices = tensor(order, dtype: ScalarType.Int64, device: CPU);
            cache.Reorder(indices);
            inputs = inputs.Map(tensor => tensor.index_select(0, indices));
            var length = cache.Length;
            var (query, key, value) = Prompted.Slice(inputs, length, 1);
            var step = attention.call(query, key, value, cache);

            var lengths = order switch { [2, ..] => new long[] { 2, 3, 3, 1 }, [3] => [1], _ => [1, 1] };
            using var fresh = new KeyValueCache(lengths, PaddingSide.Left);
            var (contexts, _) = Prompted.Decode(attention, inputs, fresh, [3, .. Enumerable.Repeat(1L, (int)length - 2)]);
            Rounding.Check(step, contexts.narrow(1, length, 1), "context");
        }
    }

    /// <summary>What was forgotten may have been anything, and lies in the slots still.</summary>
    [Theory]
    [MemberData(nameof(Kinds))]
    public void GoingBackForgets(string kindName)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var kind = Kind.Of(kindName);
        using var attention = Prompted.Build(kind);
        var inputs = Prompted.Inputs(kind, [Sizes.Batch]);
        var (expected, _) = attention.Attend(inputs.Query, inputs.Key, inputs.Value, AttentionMask.Causal);

        using var cache = new KeyValueCache(capacity: 16);
        foreach (var kept in new[] { 0L, 2, 5 })
        {
            var poison = inputs.Map(tensor => tensor.mul(double.NaN));
            Prompted.Decode(attention, poison, cache, [4, 3]);
            cache.Truncate(kept);
            Assert.Equal(kept, cache.Length);
            if (kept > 0)
            {
                cache.Truncate(0);
                Prompted.Decode(attention, inputs, cache, [kept]);
            }
            var rest = Prompted.Slice(inputs, kept, Sizes.Keys - kept);
            Rounding.Check(
                attention.call(rest.Query, rest.Key, rest.Value, cache), expected.narrow(1, kept, Sizes.Keys - kept), "context");
            cache.Truncate(0);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void WhatIsMaskedCannotHurt(string kindName)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var kind = Kind.Of(kindName);
        using var attention = Prompted.Build(kind);
        var inputs = Prompted.Inputs(kind, [Sizes.Batch]);
        var ill = tensor(new[] { false, true, false, false, true, false, false }, dtype: ScalarType.Bool, device: CPU);
        var poisoned = inputs with
        {
            Key = inputs.Key.Fill(ill.unsqueeze(-1), double.NaN),
            Value = inputs.Value.Fill(ill.unsqueeze(-1), double.NegativeInfinity),
        };

        foreach (var chunks in Prompted.Chunkings)
        {
            using var clean = new KeyValueCache();
            using var cache = new KeyValueCache(capacity: 1);
            var (expected, expectedWeights) = Prompted.Decode(attention, inputs, clean, chunks, Mask);
            var (context, weights) = Prompted.Decode(attention, poisoned, cache, chunks, Mask);
            Close.Exact.Check(context, expected, "context");
            Close.Exact.Check(weights, expectedWeights, "weights");
        }

        AttentionMask Mask(long start, long length) =>
            AttentionMask.Causal & AttentionMask.Allow(ill.narrow(0, 0, start + length).logical_not().unsqueeze(0));
    }
}
