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
            Assert.Equal(isGlibc, Runtime.Report().KeepsFreedMemory);
            Assert.Equal(isGlibc, Runtime.Report().CanKeepFreedMemory);
            Assert.Equal(isGlibc, Runtime.ReleaseFreedMemory());
            using var block = ones(1 << 20, dtype: ScalarType.Float32, device: CPU);
            Assert.Equal(1 << 20, block.sum().item<float>());
        }
        finally
        {
            Assert.Equal(isGlibc, Runtime.KeepFreedMemory(false));
        }
        Assert.False(Runtime.Report().KeepsFreedMemory);
    }

    /// <summary>What the setting is for: a large block that was freed is not faulted in again, page by page; but it is once that is taken back.</summary>
    [Fact]
    public void KeptMemoryIsNotFaultedInAgain()
    {
        const string counters = "/proc/self/stat";
        Assert.SkipUnless(File.Exists(counters) && Runtime.Report().CanKeepFreedMemory, "no glibc, or no kernel that counts");
        var given = FaultsOfFullHeap();
        try
        {
            Runtime.KeepFreedMemory();
            // Which heap of glibc's a thread is given varies: the best of some rounds tells what the setting does.
            var kept = Enumerable.Range(0, 4).Min(_ => Faults());
            Assert.True(kept * 4 < given, $"{kept} page faults with kept memory, {given} without");
        }
        finally
        {
            Runtime.KeepFreedMemory(false);
            Runtime.ReleaseFreedMemory();
        }
        var takenBack = FaultsOfFullHeap();
        Assert.True(takenBack * 2 > given, $"{takenBack} page faults when it is taken back, {given} before");

        // The blocks that are held take what is left free in the heap, here or by an earlier test.
        static long FaultsOfFullHeap()
        {
            using (Block())
            using (Block())
            using (Block())
                return Faults();
        }

        static long Faults()
        {
            Block().Dispose();
            var before = Read();
            for (var n = 0; n < 8; n++) Block().Dispose();
            return Read() - before;
        }

        static Tensor Block() => ones(10 << 20, dtype: ScalarType.Float32, device: CPU); // 40 MB

        static long Read() => long.Parse(File.ReadAllText(counters).Split(") ")[1].Split(' ')[7], System.Globalization.CultureInfo.InvariantCulture); // see proc(5): minflt
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
                Assert.Equal(isSet ? precision : Float32MatmulPrecision.highest, Runtime.Report().Float32MatmulPrecision);
                Assert.Equal(isSet, Runtime.Report().CanSetFloat32MatmulPrecision);
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

    /// <summary>A library without these exports, a file that is none, and no file.</summary>
    [Theory]
    [InlineData("libc.so.6")]
    [InlineData("libm.so.6")]
    [InlineData("/proc/self/maps")]
    [InlineData("libnosuchlibrary.so")]
    [InlineData(null)]
    public void ALibTorchWithoutTheSettingIsLeftAlone(string? path) => Assert.Null(LibTorchPrecision.Find(path));

    [Fact]
    public void TuningSetsBothAndIsTakenBack()
    {
        try
        {
            var isSet = Runtime.Tune(Float32MatmulPrecision.medium);
            var report = Runtime.Report();
            Assert.Equal(report.CanKeepFreedMemory && report.CanSetFloat32MatmulPrecision, isSet);
            Assert.Equal(report.CanKeepFreedMemory, report.KeepsFreedMemory);
            if (!report.CanSetFloat32MatmulPrecision) return;
            foreach (var (seconds, chosen) in new[] { (0.5, Float32MatmulPrecision.medium), (2, Float32MatmulPrecision.highest), (1, Float32MatmulPrecision.highest) })
            {
                var calls = 0; // highest and the other in turns
                Runtime.Tune(Float32MatmulPrecision.medium, () => calls++ % 2 == 0 ? 1 : seconds);
                Assert.Equal(chosen, Precision());
            }
            Runtime.Tune(Float32MatmulPrecision.highest, () => throw new InvalidOperationException("there is nothing to choose from"));
            Assert.Equal(Float32MatmulPrecision.highest, Precision());
        }
        finally
        {
            Runtime.KeepFreedMemory(false);
            Runtime.SetFloat32MatmulPrecision(Float32MatmulPrecision.highest);
        }
        Assert.Equal(Float32MatmulPrecision.highest, Precision());

        static Float32MatmulPrecision Precision() => Runtime.Report().Float32MatmulPrecision;
    }

    [Fact]
    public void ThreadsAreSetAndTakenBack()
    {
        var before = get_num_threads();
        try
        {
            Runtime.SetThreads(2);
            Assert.Equal(2, Runtime.Report().Threads);
            foreach (var wrong in new[] { 0, -1, int.MinValue })
                Assert.Throws<ArgumentOutOfRangeException>("threads", () => Runtime.SetThreads(wrong));
            Assert.Equal(2, get_num_threads());
        }
        finally
        {
            Runtime.SetThreads(before);
        }
        Assert.Equal(before, Runtime.Report().Threads);
    }

    [Fact]
    public void TheReportTellsEachSetting()
    {
        var report = Runtime.Report();
        Assert.True(report.MatrixProductSpeed > 1e6, $"{report.MatrixProductSpeed} operations a second");
        Assert.Contains(report.VectorWidth, new[] { 1, 4, 8, 16 });
        foreach (var part in new[] { report.LibTorchVersion, $"threads                  {report.Threads}", "given back", "highest", "GFLOP/s" })
            Assert.Contains(part, report.ToString());
        const string processor = "/proc/cpuinfo";
        if (!File.Exists(processor) || !System.Runtime.Intrinsics.X86.X86Base.IsSupported) return;
        var features = File.ReadLines(processor).First(line => line.StartsWith("flags", StringComparison.Ordinal)).Split(' ');
        // An older kernel may not have the name of what the processor has.
        if (features.Contains("avx512_bf16")) Assert.True(report.HasBFloat16);
        if (features.Contains("amx_bf16")) Assert.True(report.HasAmx);
        if (!features.Contains("avx512f")) Assert.False(report.HasBFloat16);
    }
}
