using TorchAttention.Tests.Support;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Positions;

/// <summary>Rotary positions beyond the published numbers.</summary>
public class RotaryTests
{
    public static TheoryData<RotaryLayout> Layouts => [.. Enum.GetValues<RotaryLayout>()];

    /// <summary>What the positions are for: a product of two turned vectors depends on their distance alone.</summary>
    [Theory]
    [MemberData(nameof(Layouts))]
    public void ProductsDependOnTheDistance(RotaryLayout layout)
    {
        using var scope = NewDisposeScope();
        using var rotary = new RotaryEmbedding(8, layout: layout);
        var data = new Data(2);
        var (query, key) = (data.Normal(1, 11), data.Normal(1, 11));
        Tensor Product(long p, long q) => rotary.call(query, p).matmul(rotary.call(key, q).t());

        foreach (var distance in new[] { 0, 1, 7, 113 })
        {
            var expected = Product(distance, 0);
            foreach (var start in new[] { 1, 13, 1009 })
                // Angles of a thousand radians are known to a thousand units of the last place.
                new Close("angles up to 1,122 in float64", 1e-11).Check(Product(start + distance, start), expected, "product");
            if (distance > 0) Assert.True(Math.Abs((expected - Product(0, 0)).item<double>()) > 1e-3, "positions do not matter");
        }
    }

    [Theory]
    [MemberData(nameof(Layouts))]
    public void TheRestPasses(RotaryLayout layout)
    {
        using var scope = NewDisposeScope();
        var input = new Data(2).Normal(Sizes.Batch, Sizes.Keys, 11);
        using var partial = new RotaryEmbedding(6, 500, layout);
        var output = partial.call(input);
        Close.Exact.Check(output.narrow(-1, 6, 5), input.narrow(-1, 6, 5), "what is not turned");
        Close.Exact.Check(output.narrow(-1, 0, 6), partial.call(input.narrow(-1, 0, 6)), "what is turned");
        Close.Exact.Check(output.narrow(1, 0, 1), input.narrow(1, 0, 1), "position 0");
        Close.Reordered(ScalarType.Float64).Check(output.norm(-1), input.norm(-1), "lengths");
    }

    /// <summary>bfloat16 has no integers beyond 256, and float16 none beyond 2,048: positions must not be counted in them.</summary>
    [Theory]
    [MemberData(nameof(Layouts))]
    public void CountsBeyondWhatHalfPrecisionCan(RotaryLayout layout)
    {
        using var scope = NewDisposeScope();
        using var rotary = new RotaryEmbedding(10, layout: layout);
        var input = new Data(2).Normal(ScalarType.BFloat16, 5, 10);
        var expected = rotary.call(input.to(ScalarType.Float64), 100_003);
        // Rounded once; half a unit of the last place of numbers up to 4 is 2^-7.
        new Close("one rounding to bfloat16", Close.Epsilon(ScalarType.BFloat16)).Check(rotary.call(input, 100_003), expected, "output");
        var single = input.to(ScalarType.Float32);
        Close.Reordered(ScalarType.Float32).Check(rotary.call(single, 100_003), expected, "output in float32");
    }
}
