using TorchAttention.Tests.Support;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Masks;

/// <summary>Each mask pair by pair, in every relation of l and s.</summary>
public class MaskTests
{
    public static IEnumerable<TheoryDataRow<long, long>> Lengths =>
        from l in new long[] { 0, 1, 5, 7 }
        from s in new long[] { 0, 1, 5, 7, 11 }
        select new TheoryDataRow<long, long>(l, s);

    [Theory]
    [MemberData(nameof(Lengths))]
    public void CausalIsAlignedAtTheEnd(long l, long s) => Check(AttentionMask.Causal, l, s, (i, j) => j <= i + s - l);

    [Theory]
    [MemberData(nameof(Lengths))]
    public void CausalTopLeftIsAlignedAtTheStart(long l, long s) => Check(AttentionMask.CausalTopLeft, l, s, (i, j) => j <= i);

    [Theory]
    [MemberData(nameof(Lengths))]
    public void WindowsAreInclusive(long l, long s)
    {
        foreach (var left in new long[] { 0, 1, 2, 20, long.MaxValue })
            foreach (var right in new long[] { 0, 1, 3, 20, long.MaxValue })
                Check(AttentionMask.Window(left, right), l, s, (i, j) => i + s - l - j <= left && j - (i + s - l) <= right);
    }

    /// <summary>Key j is at p + m · dilation for a whole m in reach, and m is what a division by the dilation gives.</summary>
    [Theory]
    [MemberData(nameof(Lengths))]
    public void WindowsMayHaveGaps(long l, long s)
    {
        foreach (var dilation in new long[] { 1, 2, 3, 20, long.MaxValue })
            foreach (var left in new long[] { 0, 1, 2, long.MaxValue })
                foreach (var right in new long[] { 0, 1, 3, long.MaxValue })
                    Check(AttentionMask.Window(left, right, dilation), l, s, (i, j) =>
                        (j - (i + s - l)) % dilation == 0 && (j - (i + s - l)) / dilation >= -left && (j - (i + s - l)) / dilation <= right);
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void WindowsFromTheStartCountFromTheFirstQuery(long l, long s)
    {
        foreach (var first in new long[] { 0, 1, 4, 20 })
        {
            Check(AttentionMask.WindowTopLeft(2, 1, first: first), l, s, (i, j) => j - first - i is >= -2 and <= 1);
            Check(AttentionMask.WindowTopLeft(2, 1, 3, first), l, s, (i, j) => j - first - i is -6 or -3 or 0 or 3);
        }
        Check(AttentionMask.WindowTopLeft(2, 1), l, s, (i, j) => j - i is >= -2 and <= 1);
        Check(AttentionMask.WindowTopLeft(2, 1, first: long.MaxValue), l, s, (_, _) => false);
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void AWindowHoldsLeftAndRightAndItself(long l, long s)
    {
        using var scope = NewDisposeScope();
        var allowed = Grid.Of(Evaluate(AttentionMask.Window(2, 1), [], l, s));
        for (var i = 0L; i < l; i++)
        {
            var position = i + s - l;
            if (position >= 2 && position + 1 < s) Assert.Equal(4, allowed.Row([], i).ToArray().Sum());
        }
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void GlobalPositionsSeeAllAndAreSeenByAll(long l, long s)
    {
        foreach (var count in new long[] { 0, 1, 2, 7, long.MaxValue })
            Check(AttentionMask.Global(count), l, s, (i, j) => (i + s - l >= 0 && i + s - l < count) || j < count);
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void APrefixIsSeenByAll(long l, long s)
    {
        foreach (var length in new long[] { 0, 1, 3, 7, long.MaxValue })
            Check(AttentionMask.Prefix(length), l, s, (i, j) => j <= i + s - l || j < length);
    }

    /// <summary>One length is for every sentence, more are one each.</summary>
    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    public void PrefixesCountPerSentence(int rank)
    {
        using var scope = NewDisposeScope();
        var leading = Sizes.Leading(rank);
        foreach (var lengths in new long[][] { [4], [4, 0] })
        {
            var expected = MaskKind.Tabulate((batch, i, j) => j <= i + 2 || j < lengths[lengths.Length == 1 ? 0 : batch[0]], leading, 5, 7);
            Close.Exact.Check(Evaluate(AttentionMask.Prefix(lengths), leading, 5, 7).expand([.. leading, 5, 7]), expected, "allowed");
        }
    }

    [Fact]
    public void APrefixCopiesItsLengths()
    {
        using var scope = NewDisposeScope();
        long[] lengths = [3];
        var mask = AttentionMask.Prefix(lengths);
        lengths[0] = 7;
        Assert.Equal(3, Evaluate(mask, [], 7, 7)[0].sum().item<long>());
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void EitherMaskIsEnough(long l, long s)
    {
        var either = AttentionMask.Window(0, 0) | AttentionMask.Causal & AttentionMask.Global(2) | AttentionMask.WindowTopLeft(0, 1);
        Check(either, l, s, (i, j) =>
            j == i + s - l || (j <= i + s - l && ((i + s - l >= 0 && i + s - l < 2) || j < 2)) || j - i is 0 or 1);
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void JoinedMasksAllowWhatBothAllow(long l, long s)
    {
        var joined = AttentionMask.Causal & AttentionMask.Window(2, 4) & AttentionMask.CausalTopLeft;
        Check(joined, l, s, (i, j) => j <= i + s - l && i + s - l - j <= 2 && j <= i);
    }

    [Fact]
    public void JoinsBroadcast()
    {
        using var scope = NewDisposeScope();
        var allowed = Evaluate(AttentionMask.Padding(3, 5) & AttentionMask.Causal, [2, 3], 5, 7);
        var expected = MaskKind.Tabulate((batch, i, j) => j < (batch[0] == 0 ? 3 : 5) && j <= i + 2, [2, 3], 5, 7);
        Close.Exact.Check(allowed.expand(2, 3, 5, 7), expected, "allowed");
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void PaddingCountsPerSentence(int rank)
    {
        using var scope = NewDisposeScope();
        var leading = Sizes.Leading(rank);
        long[] lengths = rank == 2 ? [3] : [3, 0];
        var expected = MaskKind.Tabulate((batch, _, j) => j < (rank == 2 ? 3 : lengths[batch[0]]), leading, 5, 7);
        using var tensorLengths = tensor(lengths, dtype: ScalarType.Int64, device: CPU);
        foreach (var mask in new[] { AttentionMask.Padding(lengths), AttentionMask.Padding(tensorLengths) })
            Close.Exact.Check(Evaluate(mask, leading, 5, 7).expand([.. leading, 5, 7]), expected, "allowed");
    }

    [Fact]
    public void PaddingCopiesItsLengths()
    {
        using var scope = NewDisposeScope();
        long[] lengths = [3];
        using var tensorLengths = tensor(lengths, dtype: ScalarType.Int64, device: CPU);
        AttentionMask[] masks = [AttentionMask.Padding(lengths), AttentionMask.Padding(tensorLengths)];
        lengths[0] = 7;
        tensorLengths.zero_();
        Assert.All(masks, mask => Assert.Equal(3, Evaluate(mask, [], 1, 7).sum().item<long>()));
    }

    [Fact]
    public void PaddingReadsAnyLayout()
    {
        using var scope = NewDisposeScope();
        using var every = tensor(new long[] { 3, 9, 5, 9 }, dtype: ScalarType.Int64, device: CPU)[TensorIndex.Slice(step: 2)];
        Assert.Equal([3L, 5L], Evaluate(AttentionMask.Padding(every), [2], 1, 7).sum(-1).data<long>().ToArray());
        using var none = zeros(0, dtype: ScalarType.Int64, device: CPU);
        Assert.Equal(0, Evaluate(AttentionMask.Padding(none), [0], 1, 7).size(0));
    }

    /// <summary>A mask of one's own may return anything that broadcasts to the scores, even a row of keys.</summary>
    [Fact]
    public void OwnMasksBroadcastFromOneDimension()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var attention = Kind.Of("soft dot").Build();
        var inputs = Kind.Of("soft dot").Inputs(rank: 4);
        var expected = attention.call(inputs.Query, inputs.Key, inputs.Value, AttentionMask.Padding(4, 4));
        Close.Exact.Check(attention.call(inputs.Query, inputs.Key, inputs.Value, new FirstKeys(4)), expected, "context");
        using var memory = attention.Prepare(inputs.Key, inputs.Value, new FirstKeys(4));
        Close.Reordered(ScalarType.Float64).Check(attention.Attend(inputs.Query, memory).Context, expected, "context of prepared keys");
    }

    [Fact]
    public void AllowBroadcasts()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var attention = Kind.Of("soft dot").Build();
        var inputs = Kind.Of("soft dot").Inputs(rank: 4);
        foreach (var shape in new long[][] { [5, 7], [1, 7], [5, 1], [1, 1], [3, 1, 7], [2, 1, 5, 7], [1, 3, 1, 1] })
        {
            var allowed = new Data(14).Bool(0.6, shape);
            var whole = allowed.expand(2, 3, 5, 7).contiguous();
            Close.Exact.Check(
                attention.call(inputs.Query, inputs.Key, inputs.Value, AttentionMask.Allow(allowed)),
                attention.call(inputs.Query, inputs.Key, inputs.Value, AttentionMask.Allow(whole)), "context");
        }
    }

    internal static void Check(AttentionMask mask, long l, long s, Func<long, long, bool> allowed)
    {
        using var scope = NewDisposeScope();
        Close.Exact.Check(Evaluate(mask, [], l, s), MaskKind.Tabulate((_, i, j) => allowed(i, j), [], l, s), $"allowed for ({l}, {s})");
    }

    internal static Tensor Evaluate(AttentionMask mask, long[] leading, long l, long s) =>
        mask.Evaluate(new AttentionShape(leading, l, s, ScalarType.Float32, CPU));

    private sealed class FirstKeys(long count) : AttentionMask
    {
        protected override Tensor Allowed(AttentionShape shape) =>
            Numbers.Range(0, shape.KeyLength, ScalarType.Int64, shape.Device).AtMost(count - 1); // (s)
    }
}
