using TorchAttention.Tests.Support;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Rules;

/// <summary>Nothing and one: no query, no key, no batch item, a single key, a single query.</summary>
public class EdgeSizes
{
    public static IEnumerable<TheoryDataRow<string, int, long, long, long>> Cases =>
        from kind in Kind.All
        from rank in new[] { 2, 3, 4 }
        from sizes in new (long Batch, long Queries, long Keys)[] { (2, 0, 7), (2, 5, 0), (0, 5, 7), (2, 0, 0), (2, 5, 1), (2, 1, 7), (1, 1, 1) }
        where rank > 2 || sizes.Batch != 0
        select new TheoryDataRow<string, int, long, long, long>(kind.Name, rank, sizes.Batch, sizes.Queries, sizes.Keys);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Work(string kindName, int rank, long b, long l, long s)
    {
        using var scope = NewDisposeScope();
        var kind = Kind.Of(kindName);
        using var attention = kind.Build();
        long[] leading = rank switch { 2 => [], 3 => [b], _ => [b, Sizes.Heads] };
        var isSimple = !kind.Is(Traits.Unnormalized | Traits.OrderedKeys);
        var inputs = kind.Inputs(leading, queries: l, keys: s);
        var nothing = kind.Reference.EmptyContext(attention);
        AttentionMask?[] masks =
        [
            null, AttentionMask.Causal, AttentionMask.Window(1, 1),
            AttentionMask.Padding([.. Enumerable.Repeat(s, (int)(rank == 2 ? 1 : b))]),
        ];

        foreach (var mask in masks)
        {
            var run = Every.Run(attention, inputs, leaves => attention.Attend(leaves.Query, leaves.Key, leaves.Value, mask));

            Every.AreFinite(run);
            Assert.Equal([.. leading, l, kind.Reference.ContextDim], run["context"].Shape);
            Assert.Equal([.. kind.Reference.Weights(leading), l, s], run["weights"].Shape);
            if (s == 0) Assert.All(run["context"].Numbers.Chunk((int)kind.Reference.ContextDim), row => Assert.Equal(nothing.Numbers, row));
            if (s == 1 && mask is null && isSimple) Assert.All(run["weights"].Numbers, weight => Assert.Equal(1, weight));

            var prepared = Every.Run(
                attention, inputs, leaves => attention.Attend(leaves.Query, attention.Prepare(leaves.Key, leaves.Value), mask));
            Every.AreEqual(Close.Reordered(ScalarType.Float64), prepared, run);
        }
    }
}
