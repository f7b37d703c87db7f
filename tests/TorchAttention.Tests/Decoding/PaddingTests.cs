using TorchAttention.Tests.Support;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Decoding;

/// <summary>Prompts of different lengths in one batch: each sentence is decoded as if alone, whatever its padding holds.</summary>
public class PaddingTests
{
    private const long Width = 4;
    private const long Steps = 3;

    private static readonly long[] Lengths = [2, 4, 0, 3];

    /// <summary>What counts slots needs its prompts padded on the left.</summary>
    public static IEnumerable<TheoryDataRow<string, PaddingSide>> Cases =>
        from kind in Prompted.Kinds
        from side in Enum.GetValues<PaddingSide>()
        where side == PaddingSide.Left || !kind.Is(Traits.LooksAhead)
        select new TheoryDataRow<string, PaddingSide>(kind.Name, side);

    [Theory]
    [MemberData(nameof(Cases))]
    public void EachSentenceIsAlone(string kindName, PaddingSide side)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var kind = Kind.Of(kindName);
        using var attention = Prompted.Build(kind);
        var inputs = kind.Inputs([Lengths.Length], queries: Width + Steps, keys: Width + Steps);
        var padded = Poison(inputs, side);

        using var cache = new KeyValueCache(Lengths, side, capacity: 1);
        var (contexts, weights) = Prompted.Decode(attention, padded, cache, [Width, 1, Steps - 1]);

        for (var b = 0; b < Lengths.Length; b++)
        {
            var start = side == PaddingSide.Left ? Width - Lengths[b] : 0;
            long[] slots = [.. Enumerable.Range(0, (int)Lengths[b]).Select(i => start + i), .. Enumerable.Range(0, (int)Steps).Select(i => Width + i)];
            var tokens = tensor(slots, dtype: ScalarType.Int64, device: CPU);
            var one = inputs.Map(tensor => tensor[b].index_select(0, tokens));
            var (context, alone) = attention.Attend(one.Query, one.Key, one.Value, AttentionMask.Causal);

            Close.Reordered(ScalarType.Float64).Check(contexts[b].index_select(0, tokens), context, $"contexts of sentence {b}");
            Close.Reordered(ScalarType.Float64).Check(
                weights[b].index_select(-1, tokens), alone.narrow(-2, Lengths[b] + 1, Steps - 1), $"weights of sentence {b}");
            foreach (var slot in Enumerable.Range(0, (int)(Width + Steps)).Except(slots.Select(slot => (int)slot)))
                Assert.All(Grid.Of(weights[b].select(-1, slot)).Numbers, weight => Assert.Equal(0, weight));
        }
    }

    /// <summary>One sentence without a batch has padding too.</summary>
    [Theory]
    [InlineData(PaddingSide.Left)]
    [InlineData(PaddingSide.Right)]
    public void WithoutABatch(PaddingSide side)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var kind = Kind.Of("grouped heads rotary");
        using var attention = Prompted.Build(kind);
        var inputs = kind.Inputs([1], queries: Width + Steps, keys: Width + Steps);
        using var batched = new KeyValueCache([2], side);
        using var single = new KeyValueCache([2], side);
        var (expected, _) = Prompted.Decode(attention, inputs, batched, [Width, Steps]);
        var (actual, _) = Prompted.Decode(attention, inputs.Map(tensor => tensor[0]), single, [Width, Steps]);
        Close.Reordered(ScalarType.Float64).Check(actual, expected[0], "context");
    }

    /// <summary>Keys and values of the padding hold no numbers; its queries do, since each position is read by itself.</summary>
    private static Inputs Poison(Inputs inputs, PaddingSide side)
    {
        var slots = Numbers.Range(0, Width + Steps, ScalarType.Int64, CPU);
        var lengths = tensor(Lengths, dtype: ScalarType.Int64, device: CPU).unsqueeze(-1);
        var padding = side == PaddingSide.Left ? slots.less(lengths.neg().Plus(Width)) : slots.ge(lengths).logical_and(slots.less(Width));
        return inputs with
        {
            Key = inputs.Key.Fill(padding.unsqueeze(-1), double.NaN),
            Value = inputs.Value.Fill(padding.unsqueeze(-1), double.PositiveInfinity),
        };
    }
}
