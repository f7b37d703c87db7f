using TorchAttention.Tests.Support;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Kernels;

/// <summary>A mask taken apart says what the mask says.</summary>
public class PairsTests
{
    public static IEnumerable<TheoryDataRow<string, long, long>> Cases =>
        from mask in MaskKind.Names
        where mask != "none"
        from l in new long[] { 1, 5, 7, 11 }
        from s in new long[] { 3, 7, 11 }
        select new TheoryDataRow<string, long, long>(mask, l, s);

    [Theory]
    [MemberData(nameof(Cases))]
    public void AreThoseOfTheMask(string maskName, long l, long s)
    {
        using var scope = NewDisposeScope();
        long[] leading = [Sizes.Batch, Sizes.Heads];
        var shape = new AttentionShape(leading, l, s, ScalarType.Float32, CPU);
        var mask = MaskKind.Of(maskName).For(leading, l, s).Mask!;
        var expected = mask.Evaluate(shape).expand([.. leading, l, s]);

        var pairs = mask.Meeting(shape);

        Close.Exact.Check(Whole(pairs.Dense), expected, "pairs");
        Close.Exact.Check(Keys(pairs.Reachable), expected.any(-2), "reachable keys");
        Close.Exact.Check(Keys(pairs.ForAnyHead.Reachable?.unsqueeze(-2)), expected.any(-3, keepdim: true).any(-2).expand(2, 3, s), "keys of any head");

        Tensor Whole(Tensor? tensor) => (tensor ?? True()).expand([.. leading, l, s]);
        Tensor Keys(Tensor? tensor) => (tensor ?? True()).expand([.. leading, s]);
    }

    /// <summary>What a band is known by stays so when masks are joined: no table of pairs is made.</summary>
    [Fact]
    public void JoinedBandsAreABand()
    {
        using var scope = NewDisposeScope();
        var shape = new AttentionShape([2], 5, 7, ScalarType.Float32, CPU);
        var pairs = (AttentionMask.Causal & AttentionMask.Window(3, 9) & AttentionMask.Padding(4, 7)).Meeting(shape);
        Assert.Equal((-1, 2), (pairs.Low, pairs.High));
        Assert.Null(pairs.Rest);
        Assert.Equal([2, 1, 7], pairs.Keys!.shape);
        Assert.False(AttentionMask.Causal.Meeting(shape).IsCausal);
        Assert.True(AttentionMask.Causal.Meeting(new AttentionShape([2], 7, 7, ScalarType.Float32, CPU)).IsCausal);
    }

    private static Tensor True() => tensor(true, dtype: ScalarType.Bool, device: CPU);
}
