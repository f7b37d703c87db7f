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
    [Fact]
    public void TheAllocatorsSettingsAreGlibcsAndAreTakenBack()
    {
        Assert.SkipWhen(OperatingSystem.IsLinux() && !File.Exists("/proc/self/maps"), "cannot tell which C library this is");
        var isGlibc = OperatingSystem.IsLinux() && File.ReadAllText("/proc/self/maps").Contains("libc.so.6");
        try
        {
            Assert.Equal(isGlibc, Runtime.KeepFreedMemory());
            Assert.Equal(isGlibc, Runtime.ReleaseFreedMemory());
            using var block = ones(1 << 20, dtype: ScalarType.Float32, device: CPU);
            Assert.Equal(1 << 20, block.sum().item<float>());
        }
        finally
        {
            Assert.Equal(isGlibc, Runtime.KeepFreedMemory(false));
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
}
