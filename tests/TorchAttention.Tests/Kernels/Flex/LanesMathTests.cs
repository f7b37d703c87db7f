using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using TorchAttention.Tests.Support;
using Xunit;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Kernels.Flex;

/// <summary>The functions that a modification may call, against those of .NET in double precision.</summary>
public class LanesMathTests
{
    private static readonly float[] Numbers = [.. Enumerable.Range(-8600, 17_401).Select(n => n / 100f), 1e-8f, -1e-8f, 0];

    /// <summary>At this machine's width; <see cref="FlexWidths"/> has narrower ones.</summary>
    [Fact]
    public void LoseTwoRoundingsAtMost()
    {
        switch (Machine.Lanes)
        {
            case 16:
                Check<Lanes512>();
                break;
            case 8:
                Check<Lanes256>();
                break;
            case 4:
                Check<Lanes128>();
                break;
            default:
                Check<Lanes32>();
                break;
        }
    }

    private static void Check<TLanes>()
        where TLanes : struct, ILanes<TLanes>
    {
        foreach (var x in Numbers)
        {
            IsClose(Math.Exp(x), First(LanesMath.Exp(TLanes.Of(x))), x, "exp");
            IsClose(Math.Tanh(x), First(LanesMath.Tanh(TLanes.Of(x))), x, "tanh");
        }
        Assert.Equal(0, First(LanesMath.Exp(TLanes.Of(float.NegativeInfinity))));
        Assert.True(float.IsNaN(First(LanesMath.Exp(TLanes.Of(float.NaN)))));
        Assert.Equal(1, First(LanesMath.Tanh(TLanes.Of(float.PositiveInfinity))));

        // Weights: powers of two, none of them so small that a product with it is subnormal.
        for (var t = -115.5f; t <= 0; t += 0.01f) IsClose(Math.Pow(2, t), First(LanesMath.Exp2(TLanes.Of(t))), 0, "2^t");
        foreach (var t in new[] { -116.01f, -126.5f, -149, -1e30f, float.NegativeInfinity }) Assert.Equal(0, First(LanesMath.Exp2(TLanes.Of(t))));
        Assert.True(float.IsNaN(First(LanesMath.Exp2(TLanes.Of(float.NaN)))));

        static float First(TLanes lanes)
        {
            Span<float> numbers = stackalloc float[1];
            TLanes.Store(lanes, numbers);
            return numbers[0];
        }
    }

    /// <summary>Without a fused multiply-add the exponent is rounded as the number that it is, once more.</summary>
    private static void IsClose(double expected, float actual, float x, string what)
    {
        var roundings = Fma.IsSupported || AdvSimd.IsSupported ? 2 : 2 + Math.Abs(x);
        Assert.True(
            Math.Abs(actual - expected) <= roundings * Close.Epsilon(ScalarType.Float32) * Math.Abs(expected), $"{what} of {x}: {actual:R} instead of {expected:R}");
    }
}
