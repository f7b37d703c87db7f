using System.Runtime.CompilerServices;
using TorchAttention.Tests.Support;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Kernels.Flex;

/// <summary>Tiles that a mask leaves empty are passed over, however they lie, and finding the others costs little.</summary>
public class FlexEmptyTiles
{
    public static IEnumerable<TheoryDataRow<long, long, double>> Sparse =>
        from sizes in new[] { (499L, 4003L), (4003L, 499L) }
        from share in new[] { 0.02, 0.1, 0.4 }
        select new TheoryDataRow<long, long, double>(sizes.Item1, sizes.Item2, share);

    /// <summary>Some blocks of a matrix, against the same mask of which the kernel cannot tell where it is empty.</summary>
    [Theory]
    [MemberData(nameof(Sparse))]
    public void NothingIsMissed(long queries, long keys, double share)
    {
        using var scope = NewDisposeScope();
        var data = new Data(91);
        var allowed = data.Bool(share, 1 + (queries / 37), 1 + (keys / 211))
            .repeat_interleave(37, 0).repeat_interleave(211, 1).narrow(0, 0, queries).narrow(1, 0, keys).contiguous();
        Tensor[] leaves = [data.Normal(ScalarType.Float32, 1, 2, queries, 8), data.Normal(ScalarType.Float32, 1, 2, keys, 8), data.Normal(ScalarType.Float32, 1, 2, keys, 8)];
        foreach (var leaf in leaves) leaf.requires_grad_();
        var upstream = data.Normal(ScalarType.Float32, 1, 2, queries, 8);

        var actual = Run(new AllowModification(allowed));
        var expected = Run(new Unclassified(new AllowModification(allowed)));

        for (var n = 0; n < expected.Length; n++) Close.Reordered(ScalarType.Float32).Check(actual[n], expected[n], $"{n}");

        Tensor[] Run<TModification>(TModification modification)
            where TModification : struct, IScoreModification
        {
            foreach (var leaf in leaves) leaf.grad = null;
            var (context, weights, _) = FlexAttention.AttendInFull(leaves[0], leaves[1], leaves[2], modification);
            context.backward([upstream]);
            var alone = FlexAttention.Attend(leaves[0].detach(), leaves[1].detach(), leaves[2].detach(), modification);
            var chosen = FlexAttention.Choose(leaves[0].detach(), leaves[1].detach(), leaves[2].detach(), modification);
            return [context, weights, alone, chosen.Context, chosen.Choices.to(ScalarType.Float32), .. leaves.Select(leaf => leaf.grad!.clone())];
        }
    }

    /// <summary>A window in a row four times as long is found with not much more than four times as many looks, forward and backward.</summary>
    [Fact]
    public void LookingGrowsLikeTheLength()
    {
        using var scope = NewDisposeScope();
        var (shorter, longer) = (Looks(20_000), Looks(80_000));
        Assert.InRange(longer, shorter, 5 * shorter);

        static int Looks(long length)
        {
            using var inner = NewDisposeScope();
            var counter = new Counter();
            var data = new Data(92);
            var (query, key, value) = (Make(), Make(), Make());
            FlexAttention.Attend(query, key, value, new CountedWindow(counter)).sum().backward();
            return counter.Count;

            Tensor Make() => data.Normal(ScalarType.Float32, 1, 1, length, 8).requires_grad_();
        }
    }

    private sealed class Counter
    {
        private int count;

        internal int Count => count;

        internal void Add() => Interlocked.Increment(ref count);
    }

    private readonly struct CountedWindow(Counter counter) : IScoreModification
    {
        private static readonly WindowModification Window = new(16, 16);

        public TileKind Classify(in ScoreTile tile)
        {
            counter.Add();
            return Window.Classify(tile);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TLanes Modify<TLanes>(TLanes scores, TLanes keys, in ScorePosition at)
            where TLanes : struct, ILanes<TLanes> => Window.Modify(scores, keys, at);
    }

    private readonly struct Unclassified(AllowModification mask) : IScoreModification
    {
        public Tensor? Flags => mask.Flags;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TLanes Modify<TLanes>(TLanes scores, TLanes keys, in ScorePosition at)
            where TLanes : struct, ILanes<TLanes> => mask.Modify(scores, keys, at);
    }
}
