using TorchAttention.Tests.Support;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Biases;

/// <summary>Linear biases pair by pair, and the published slopes.</summary>
public class AlibiTests
{
    /// <summary>The numbers of the authors' own rule, halves of powers of two; twelve heads continue with every other slope of sixteen.</summary>
    [Theory]
    [InlineData(1, new[] { -8.0 })]
    [InlineData(2, new[] { -4.0, -8 })]
    [InlineData(3, new[] { -4.0, -8, -2 })]
    [InlineData(6, new[] { -2.0, -4, -6, -8, -1, -3 })]
    [InlineData(8, new[] { -1.0, -2, -3, -4, -5, -6, -7, -8 })]
    [InlineData(12, new[] { -1.0, -2, -3, -4, -5, -6, -7, -8, -0.5, -1.5, -2.5, -3.5 })]
    public void SlopesArePublished(long heads, double[] exponents)
    {
        using var scope = NewDisposeScope();
        var slopes = Grid.Of(TableTests.Evaluate(AttentionBias.Alibi(heads), 1, 2, heads).reshape(heads, 2).narrow(1, 0, 1)); // the key before the query's own
        var expected = Array.ConvertAll(exponents, exponent => -Math.Pow(2, exponent));
        Close.Reordered(ScalarType.Float64).Check(slopes, new Grid([heads, 1], expected), "slopes");
    }

    [Theory]
    [MemberData(nameof(Masks.MaskTests.Lengths), MemberType = typeof(Masks.MaskTests))]
    public void FallsWithTheDistance(long l, long s)
    {
        using var scope = NewDisposeScope();
        double[] slopes = [0.5, 0.25, -3];
        var bias = AttentionBias.Alibi(slopes);
        slopes[0] = 7; // it was copied
        var expected = Grid.Zeros(3, l, s);
        for (var h = 0; h < 3; h++)
            for (var i = 0L; i < l; i++)
                for (var j = 0L; j < s; j++)
                    expected.Row([h], i)[(int)j] = -(h == 0 ? 0.5 : slopes[h]) * Math.Abs(j - (i + s - l));
        Close.Exact.Check(TableTests.Evaluate(bias, l, s), expected, "bias");
        Close.Exact.Check(TableTests.Evaluate(AttentionBias.Alibi([0.5]), l, s), new Grid([l, s], expected.Numbers[..(int)(l * s)]), "bias of one head");
    }

    /// <summary>bfloat16 has no integers beyond 256: distances must not be counted in it, and only the result is rounded.</summary>
    [Fact]
    public void CountsBeyondWhatHalfPrecisionCan()
    {
        using var scope = NewDisposeScope();
        var bias = AttentionBias.Alibi([0.5]).AddedTo(new AttentionShape([], 1, 1021, ScalarType.BFloat16, CPU)).Dense;
        var expected = new Grid([1, 1021], [.. Enumerable.Range(0, 1021).Select(j => -0.5 * (1020 - j))]);
        Close.Exact.Check(bias, expected.ToTensor(ScalarType.BFloat16), "bias");
    }
}
