using FsCheck.Xunit;
using TorchAttention.Tests.Support;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Laws;

/// <summary>What biases by distance obey.</summary>
[Properties(MaxTest = 1000, Replay = "20241,107", Arbitrary = [typeof(MaskCase)], QuietOnSuccess = true)]
public class PositionLaws
{
    /// <summary>Moving queries and keys together changes nothing: more keys before the first one, more queries before the first one.</summary>
    [Property]
    public void OnlyTheDistanceCounts(MaskCase @case) => Run(@case, (bias, l, s, more) =>
    {
        var values = Evaluate(bias, l, s);
        Close.Exact.Check(Evaluate(bias, l, s + more).narrow(-1, more, s), values, "bias with more keys");
        Close.Exact.Check(Evaluate(bias, l + more, s).narrow(-2, more, l), values, "bias with more queries");
    });

    /// <summary>ALiBi falls by its slope with each step, to both sides alike.</summary>
    [Property]
    public void AlibiIsLinearAndSymmetric(MaskCase @case)
    {
        using var scope = NewDisposeScope();
        var s = 1 + @case.Keys;
        var heads = 1 + new Data(@case.Seed).Next(16);
        var bias = Evaluate(AttentionBias.Alibi(heads), s, s, heads).reshape(heads, s, s);
        Close.Exact.Check(bias.transpose(1, 2), bias, "the other side");
        var slopes = bias.narrow(1, s - 1, 1).diff(dim: -1); // (h, 1, s - 1)
        Close.Reordered(ScalarType.Float64).Check(slopes, slopes.narrow(2, 0, Math.Min(1, s - 1)).expand(heads, 1, s - 1), "slope");
        Assert.True(bias.AtMost(0).all().item<bool>(), "a bias is positive");
    }

    /// <summary>The farther away, the later the bucket, for each direction; and each stays in its half.</summary>
    [Property]
    public void BucketsAreMonotone(MaskCase @case)
    {
        var data = new Data(@case.Seed);
        var bidirectional = data.Next(2) == 0;
        var count = (bidirectional ? 4 : 2) + data.Next(40);
        var buckets = new DistanceBuckets(count, bidirectional, count + data.Next(200), nameof(count));
        var half = bidirectional ? count / 2 : count;
        for (var distance = 0L; distance < 300; distance++)
        {
            Assert.InRange(buckets.Of(-distance - 1), buckets.Of(-distance), half - 1);
            if (bidirectional) Assert.Equal(distance == 0 ? 0 : buckets.Of(-distance) + half, buckets.Of(distance));
            else Assert.Equal(0, buckets.Of(distance));
        }
    }

    private static void Run(MaskCase @case, Action<AttentionBias, long, long, long> law)
    {
        using var scope = NewDisposeScope();
        var data = new Data(@case.Seed);
        var bias = data.Next(3) switch
        {
            0 => AttentionBias.Alibi(3),
            1 => AttentionBias.Relative(data.Normal(3, 2 * data.Next(6) + 1)),
            _ => AttentionBias.RelativeBuckets(data.Normal(3, 4 + data.Next(9)), data.Next(2) == 0, 8 + data.Next(9)),
        };
        law(bias, @case.Queries, @case.Keys, data.Next(4));
    }

    private static Tensor Evaluate(AttentionBias bias, long l, long s, long heads = 3) =>
        bias.AddedTo(new AttentionShape([heads], l, s, ScalarType.Float64, CPU)).Dense;
}
