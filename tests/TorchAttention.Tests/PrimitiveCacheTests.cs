using System.Diagnostics;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchAttention.Tests;

/// <summary>oneDNN reads its capacity once, so each case is a process of its own, in which oneDNN says what it compiles.</summary>
public class PrimitiveCacheTests
{
    private const string Wanted = "TORCHATTENTION_TESTS_CAPACITY";
    private const string Variable = "ONEDNN_PRIMITIVE_CACHE_CAPACITY";

    /// <summary>Products of two sizes in turns: one compiled product is compiled again each time, two are not.</summary>
    [Theory]
    [InlineData(0, null, null, 4)]
    [InlineData(1, null, null, 4)]
    [InlineData(2, null, null, 2)]
    [InlineData(1, Variable, "2", 2)]
    [InlineData(2, Variable, "1", 4)]
    [InlineData(2, "DNNL_PRIMITIVE_CACHE_CAPACITY", "1", 4)]
    [InlineData(1, Variable, "1", 4)]
    public async Task AsManyProductsStayCompiled(int capacity, string? variable, string? value, int compiled)
    {
        Assert.SkipUnless(Runtime.Report() is { CanSetFloat32MatmulPrecision: true, CanKeepFreedMemory: true }, "not libtorch 2.9 on Linux with glibc");
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet") start.ArgumentList.Add(typeof(PrimitiveCacheTests).Assembly.Location);
        foreach (var argument in new[] { "-method", $"*{nameof(PrimitiveCacheTests)}.{nameof(MultipliesHere)}" }) start.ArgumentList.Add(argument);
        start.Environment["ONEDNN_VERBOSE"] = "profile_create";
        start.Environment[Wanted] = $"{capacity}, {variable is null || value == $"{capacity}"}";
        if (variable is not null) start.Environment[variable] = value;
        using var child = Process.Start(start)!;
        var output = await child.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await child.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(child.ExitCode == 0 && output.Contains("Total: 1,", StringComparison.Ordinal), output);
        var (missed, found) = (Count("cache_miss"), Count("cache_hit"));
        Assert.SkipWhen(missed + found == 0, "oneDNN does not multiply on this CPU");
        Assert.True((missed, found) == (compiled, 4 - compiled), output);

        int Count(string outcome) => output.Split('\n').Count(line => line.Contains($"{outcome},cpu,matmul,", StringComparison.Ordinal));
    }

    [Fact]
    public void MultipliesHere()
    {
        if (Environment.GetEnvironmentVariable(Wanted)?.Split(", ") is not [var capacity, var isSet]) return;
        Assert.Equal(isSet, $"{Runtime.SetPrimitiveCacheCapacity(int.Parse(capacity, System.Globalization.CultureInfo.InvariantCulture))}");
        Runtime.SetFloat32MatmulPrecision(Float32MatmulPrecision.medium);
        foreach (var size in new[] { 64, 96, 64, 96 })
        {
            using var factor = ones(size, size, dtype: ScalarType.Float32, device: CPU);
            using var product = factor.mm(factor);
            Assert.Equal(size, product[0, 0].item<float>());
        }
    }

    [Fact]
    public void ANegativeCapacityIsAnArgumentError() =>
        Assert.Throws<ArgumentOutOfRangeException>("primitives", () => Runtime.SetPrimitiveCacheCapacity(-1));
}
