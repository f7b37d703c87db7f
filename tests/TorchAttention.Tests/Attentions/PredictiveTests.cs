using TorchAttention.Tests.Support;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Attentions;

/// <summary>What is peculiar to Luong's local-p.</summary>
public class PredictiveTests
{
    /// <summary>A window wider than any sentence with a flat Gaussian leaves soft attention.</summary>
    [Theory]
    [InlineData(1L << 31)]
    [InlineData(1L << 40)]
    [InlineData(long.MaxValue)]
    public void AnEndlessWindowIsSoftAttention(long halfWidth)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var (query, key, value) = Kind.Of("predictive").Inputs();
        using var local = new PredictiveLocalAttention(Sizes.QueryDim, Sizes.QueryDim, Sizes.ValueDim, halfWidth, Sizes.Hidden);
        using var soft = new ScaledDotProductAttention(Sizes.QueryDim, Sizes.QueryDim, Sizes.ValueDim);
        local.to(ScalarType.Float64);

        var mask = AttentionMask.Padding(4, Sizes.Keys);
        Close.Reordered(ScalarType.Float64).Check(local.call(query, key, value, mask), soft.call(query, key, value, mask), "context");
    }

    /// <summary>Equation 10: with the softmax in the window taken out, what is left is the Gaussian.</summary>
    [Fact]
    public void WeightsAreNotRenormalised()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var kind = Kind.Of("predictive");
        using var attention = kind.Build();
        var (query, key, value) = kind.Inputs();
        var sums = Grid.Of(attention.Attend(query, key, value).Weights.sum(-1));
        Assert.All(sums.Numbers, sum => Assert.InRange(sum, 0, 1 + 1e-12));
        Assert.Contains(sums.Numbers, sum => sum < 0.99);
    }

    /// <summary>bfloat16 has no integers beyond 256; positions must not be counted in it.</summary>
    [Fact]
    public void CountsPositionsBeyondWhatHalfPrecisionCan()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        const long s = 1021;
        var kind = Kind.Of("predictive");
        using var attention = kind.Build(ScalarType.BFloat16);
        var (query, key, value) = kind.Inputs(rank: 3, ScalarType.BFloat16, keys: s);
        var weights = Grid.Of(attention.Attend(query, key, value).Weights);
        // A window of five or, around a whole number, four keys; counted in bfloat16 it would hold none or many.
        foreach (var batch in Grid.Indices([Sizes.Batch]))
            for (var i = 0L; i < Sizes.Queries; i++)
                Assert.InRange(weights.Row(batch, i).ToArray().Count(weight => weight != 0), 2, 5);
    }

    /// <summary>The oracle's length is one past the last key that any query may see, whoever masks it.</summary>
    [Fact]
    public void TheSentenceEndsWhereTheMaskEnds()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var kind = Kind.Of("predictive");
        using var attention = kind.Build();
        var (query, key, value) = kind.Inputs(rank: 2);
        var whole = attention.Attend(query, key.narrow(0, 0, 4), value.narrow(0, 0, 4));
        var padded = attention.Attend(query, key, value, AttentionMask.Padding(4));
        Close.Reordered(ScalarType.Float64).Check(padded.Context, whole.Context, "context");
        Close.Reordered(ScalarType.Float64).Check(padded.Weights.narrow(1, 0, 4), whole.Weights, "weights");
    }
}
