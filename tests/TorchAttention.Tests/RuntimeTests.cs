using TorchAttention.Tests.Support;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchAttention.Tests;

/// <summary>The settings are the whole process's, so these run alone and take back what they set.</summary>
[CollectionDefinition(nameof(RuntimeTests), DisableParallelization = true)]
[Collection(nameof(RuntimeTests))]
public class RuntimeTests
{
    private const long Megabyte = 1 << 20;
    private const long Block = 256 * Megabyte;

    [Fact]
    public void FreedMemoryIsKeptOnlyWhenAskedFor()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the allocator is glibc's");
        var given = GivenBack();
        Assert.SkipUnless(Runtime.KeepFreedMemory(), "this C library is not glibc");
        try
        {
            // The first block after the change makes the heap grow, the second one finds it grown.
            GivenBack();
            Assert.True(given > Block - (32 * Megabyte), $"by default {given / Megabyte} of {Block / Megabyte} MB went back");
            Assert.True(GivenBack() < 32 * Megabyte, "kept memory went back to the system");

            var kept = Environment.WorkingSet;
            Assert.True(Runtime.ReleaseFreedMemory());
            Assert.True(kept - Environment.WorkingSet > Block - (32 * Megabyte), "released memory did not go back to the system");
        }
        finally
        {
            Assert.True(Runtime.KeepFreedMemory(false));
        }
    }

    [Fact]
    public void PrecisionIsAsGoodAsItsNameAndIsTakenBack()
    {
        using var scope = NewDisposeScope();
        var data = new Data(3);
        var (left, right) = (data.Normal(ScalarType.Float32, 67, 131), data.Normal(ScalarType.Float32, 131, 71));
        var before = left.matmul(right);
        var exact = left.to(ScalarType.Float64).matmul(right.to(ScalarType.Float64));
        try
        {
            foreach (var precision in new[] { Float32MatmulPrecision.high, Float32MatmulPrecision.medium })
            {
                var isSet = Runtime.SetFloat32MatmulPrecision(precision);
                var error = (left.matmul(right).to(ScalarType.Float64) - exact).abs().max().item<double>();

                // bfloat16 has eight bits; each of 131 products of normal numbers is off by two roundings of half a bit at most.
                Assert.True(error < Math.Pow(2, -7) * Math.Sqrt(131) * 4, $"{precision}: off by {error}");
                if (!isSet) Assert.True(left.matmul(right).equal(before).all().item<bool>(), "not set, but something changed");
            }
        }
        finally
        {
            Runtime.SetFloat32MatmulPrecision(Float32MatmulPrecision.highest);
        }
        Assert.True(left.matmul(right).equal(before).all().item<bool>(), "the default did not come back");
    }

    [Fact]
    public void AnUnknownPrecisionIsAnArgumentError() => Assert.Throws<ArgumentOutOfRangeException>(
        "precision", () => Runtime.SetFloat32MatmulPrecision((Float32MatmulPrecision)7));

    /// <summary>How much of a block's memory leaves the process when it is freed.</summary>
    private static long GivenBack()
    {
        var block = ones(Block / sizeof(float), dtype: ScalarType.Float32, device: CPU);
        var full = Environment.WorkingSet;
        block.Dispose();
        return full - Environment.WorkingSet;
    }
}
