using TorchAttention.Tests.Support;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Biases;

/// <summary>Learned numbers per distance or bucket: pair by pair, in every relation of l and s, with their gradients.</summary>
public class TableTests
{
    private const long Heads = 3;

    public static IEnumerable<TheoryDataRow<long, long>> Lengths => Masks.MaskTests.Lengths;

    [Theory]
    [MemberData(nameof(Lengths))]
    public void RelativeReadsTheClippedDistance(long l, long s)
    {
        foreach (var reach in new long[] { 0, 1, 3, 20 })
            Check(AttentionBias.Relative, 2 * reach + 1, l, s, distance => Math.Min(Math.Max(distance, -reach), reach) + reach);
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void BucketsReadT5sBucket(long l, long s)
    {
        foreach (var (count, bidirectional, maxDistance) in new[] { (4, true, 2), (8, true, 5), (32, true, 128), (2, false, 3), (7, false, 6), (32, false, 128) })
            Check(table => AttentionBias.RelativeBuckets(table, bidirectional, maxDistance), count, l, s, distance => Bucket(distance, bidirectional, count, maxDistance));
    }

    /// <summary>All distances that matter and some beyond, with the arguments that T5 was trained with.</summary>
    [Theory]
    [InlineData(true, 32, 128)]
    [InlineData(false, 32, 128)]
    [InlineData(true, 64, 512)]
    [InlineData(false, 10, 33)]
    public void BucketsFollowTheFormulaInFloat32(bool bidirectional, long count, long maxDistance)
    {
        for (var distance = -2 * maxDistance; distance <= 2 * maxDistance; distance++)
            Assert.Equal(Bucket(distance, bidirectional, count, maxDistance), Read(distance, bidirectional, count, maxDistance));
    }

    [Theory]
    [InlineData(true, 0, 0)]
    [InlineData(true, 1, 17)]
    [InlineData(true, -1, 1)]
    [InlineData(true, -7, 7)]
    [InlineData(true, -8, 8)]
    [InlineData(true, -11, 8)]
    [InlineData(true, -12, 9)]
    [InlineData(true, -15, 9)]
    [InlineData(true, -16, 10)]
    [InlineData(true, -32, 12)]
    [InlineData(true, -64, 14)]
    [InlineData(true, -90, 14)]
    [InlineData(true, -91, 15)]
    [InlineData(true, -100000, 15)]
    [InlineData(true, 100000, 31)]
    [InlineData(false, 5, 0)]
    [InlineData(false, -15, 15)]
    [InlineData(false, -16, 16)]
    [InlineData(false, -64, 26)]
    [InlineData(false, -128, 31)]
    public void BucketsAreKnown(bool bidirectional, long distance, long bucket) => Assert.Equal(bucket, Read(distance, bidirectional, 32, 128));

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void GradientsReachTheTable(int rank)
    {
        using var scope = NewDisposeScope();
        var kind = Kind.Of("soft scaled");
        using var attention = kind.Build();
        var inputs = kind.Inputs(rank, queries: 3, keys: 5);
        var data = new Data(4);
        var relative = (rank == 4 ? data.Normal(Sizes.Heads, 5) : data.Normal(5)).requires_grad_();
        var buckets = (rank == 4 ? data.Normal(Sizes.Heads, 6) : data.Normal(1, 6)).requires_grad_();
        var upstream = data.Normal([.. inputs.Leading, 3, 5]);
        var bias = AttentionBias.Relative(relative) + AttentionBias.RelativeBuckets(buckets, maxDistance: 3) + AttentionBias.Alibi([0.5]);

        Tensor Loss()
        {
            using var inner = NewDisposeScope();
            var weights = attention.Attend(inputs.Query, inputs.Key, inputs.Value, AttentionMask.Causal, bias).Weights;
            return (weights * upstream).sum().MoveToOuterDisposeScope();
        }

        GradCheck.Check(Loss, ("relative", relative), ("buckets", buckets));
    }

    /// <summary>A million ones, of which bfloat16 itself could count no more than 256.</summary>
    [Fact]
    public void GradientsAddUpInHalfPrecisionToo()
    {
        using var scope = NewDisposeScope();
        var table = zeros(1, 3, dtype: ScalarType.BFloat16, device: CPU).requires_grad_();
        AttentionBias.Relative(table).AddedTo(new AttentionShape([], 1024, 1024, ScalarType.BFloat16, CPU)).Dense.sum().backward();
        var counts = new Grid([1, 3], [1023 * 1024 / 2, 1024, 1023 * 1024 / 2]);
        Close.Exact.Check(table.grad!, counts.ToTensor(ScalarType.BFloat16), "gradient");
    }

    [Fact]
    public void SumsBroadcast()
    {
        using var scope = NewDisposeScope();
        var data = new Data(4);
        var (rows, heads) = (data.Normal(1, 7), data.Normal(Heads, 5, 1));
        var sum = (AttentionBias.Dense(rows) + AttentionBias.Dense(heads)).AddedTo(new AttentionShape([2, Heads], 5, 7, ScalarType.Float64, CPU)).Dense;
        Close.Exact.Check(sum, Numbers.Sum(rows, heads), "sum");
    }

    internal static Tensor Evaluate(AttentionBias bias, long l, long s, long heads = Heads) =>
        bias.AddedTo(new AttentionShape([2, heads], l, s, ScalarType.Float64, CPU)).Dense;

    private static void Check(Func<Tensor, AttentionBias> create, long count, long l, long s, Func<long, long> entry)
    {
        using var scope = NewDisposeScope();
        var table = new Data(21).Normal(Heads, count);
        var numbers = Grid.Of(table);
        var expected = Grid.Zeros(Heads, l, s);
        foreach (var head in Grid.Indices([Heads]))
            for (var i = 0L; i < l; i++)
                for (var j = 0L; j < s; j++)
                    expected.Row(head, i)[(int)j] = numbers.Row([], head[0])[(int)entry(j - (i + s - l))];
        Close.Exact.Check(Evaluate(create(table), l, s), expected, $"bias for ({l}, {s})");

        var one = new Grid([l, s], expected.Numbers[..(int)(l * s)]);
        Close.Exact.Check(Evaluate(create(table[0]), l, s), one, "bias of a table without heads");
        Close.Exact.Check(Evaluate(create(table.narrow(0, 0, 1)), l, s), one, "bias of one head");
    }

    /// <summary>The published function, a number at a time, in float32 as it was trained.</summary>
    private static long Bucket(long distance, bool bidirectional, long count, long maxDistance)
    {
        var bucket = 0L;
        if (bidirectional)
        {
            count /= 2;
            if (distance > 0) bucket += count;
            distance = Math.Abs(distance);
        }
        else
        {
            distance = -Math.Min(distance, 0);
        }
        var exact = count / 2;
        if (distance < exact) return bucket + distance;
        var large = exact + (long)(MathF.Log((float)distance / exact) / (float)Math.Log((double)maxDistance / exact) * (count - exact));
        return bucket + Math.Min(large, count - 1);
    }

    /// <summary>The bucket of a distance, from a table whose entries are their own numbers.</summary>
    private static long Read(long distance, bool bidirectional, long count, long maxDistance)
    {
        using var scope = NewDisposeScope();
        var table = Numbers.Range(0, count, ScalarType.Float64, CPU);
        var bias = AttentionBias.RelativeBuckets(table, bidirectional, maxDistance);
        // Key 0 lies s - 1 before a query alone, and key s - 1 lies s - 1 after the first of many.
        var values = distance > 0 ? Evaluate(bias, distance + 1, 1)[0, 0] : Evaluate(bias, 1, 1 - distance)[0, 0];
        return (long)values.item<double>();
    }
}
