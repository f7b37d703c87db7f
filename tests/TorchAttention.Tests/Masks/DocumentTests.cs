using TorchAttention.Tests.Support;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Masks;

/// <summary>Packed documents pair by pair: in every relation of l and s, in every rank, with padding.</summary>
public class DocumentTests
{
    private static readonly long[] First = [4, 4, 4, -1, 0, 0, 9];
    private static readonly long[] Second = [1, 1, 2, 2, 2, -5, -5];

    /// <summary>The queries stand at the last keys; one before the first key stands in no document.</summary>
    [Theory]
    [MemberData(nameof(MaskTests.Lengths), MemberType = typeof(MaskTests))]
    public void QueriesStandAtTheEnd(long l, long s)
    {
        using var scope = NewDisposeScope();
        long[] numbers = [.. Enumerable.Range(0, (int)s).Select(j => First[j % First.Length])];
        MaskTests.Check(
            AttentionMask.Documents(Segments(numbers)), l, s,
            (i, j) => i + s - l >= 0 && numbers[j] >= 0 && numbers[i + s - l] == numbers[j]);
    }

    [Theory]
    [MemberData(nameof(MaskTests.Lengths), MemberType = typeof(MaskTests))]
    public void QueriesMayHaveNumbersOfTheirOwn(long l, long s)
    {
        using var scope = NewDisposeScope();
        long[] queries = [.. Enumerable.Range(0, (int)l).Select(i => First[i % First.Length])];
        long[] keys = [.. Enumerable.Range(0, (int)s).Select(j => First[(j + 2) % First.Length])];
        MaskTests.Check(
            AttentionMask.Documents(Segments(queries), Segments(keys)), l, s, (i, j) => keys[j] >= 0 && queries[i] == keys[j]);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    public void EverySentenceHasItsOwn(int rank)
    {
        using var scope = NewDisposeScope();
        var leading = Sizes.Leading(rank);
        long[][] rows = [First, Second];
        var segments = Segments([.. First, .. Second]).reshape(2, 7);
        Check(AttentionMask.Documents(segments), (batch, i, j) => Meet(rows[batch[0]][i + 2], rows[batch[0]][j]));
        Check(AttentionMask.Documents(Segments(Second)), (_, i, j) => Meet(Second[i + 2], Second[j]));
        Check(AttentionMask.Documents(segments.narrow(0, 1, 1)), (_, i, j) => Meet(Second[i + 2], Second[j]));
        Check(AttentionMask.Documents(segments.narrow(1, 0, 5), Segments(Second)), (batch, i, j) => Meet(rows[batch[0]][i], Second[j]));

        void Check(AttentionMask mask, PairAllowed allowed) => Close.Exact.Check(
            MaskTests.Evaluate(mask, leading, 5, 7).expand([.. leading, 5, 7]), MaskKind.Tabulate(allowed, leading, 5, 7), "allowed");
    }

    /// <summary>What packing is for: the documents side by side give what each gives alone.</summary>
    [Fact]
    public void PackedEqualsAlone()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var kind = Kind.Of("soft additive");
        using var attention = kind.Build();
        var inputs = kind.Inputs(rank: 3, queries: 7);
        var mask = AttentionMask.Documents(Segments([0, 0, 0, 1, 1, 1, 1])) & AttentionMask.Causal;

        var packed = attention.call(inputs.Query, inputs.Key, inputs.Value, mask);

        foreach (var (start, length) in new[] { (0, 3), (3, 4) })
        {
            var (query, key, value) = inputs.Map(tensor => tensor.narrow(1, start, length));
            Close.Reordered(ScalarType.Float64).Check(
                packed.narrow(1, start, length), attention.call(query, key, value, AttentionMask.Causal), "context");
        }
    }

    private static bool Meet(long query, long key) => query == key && key >= 0;

    private static Tensor Segments(long[] numbers) => tensor(numbers, dtype: ScalarType.Int64, device: CPU);
}
