using System.Globalization;
using System.Runtime.InteropServices;
using TorchAttention.Tests.Support;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchAttention.Tests;

/// <summary>oneDNN reads its capacity once, so each case is a process of its own, in which oneDNN says what it compiles.</summary>
public class PrimitiveCacheTests
{
    private const string Wanted = "TORCHATTENTION_TESTS_CAPACITY";
    private const string Variable = "ONEDNN_PRIMITIVE_CACHE_CAPACITY";
    private const string LeftBehind = "bytes left behind: ";

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
        var output = await Elsewhere(nameof(MultipliesHere), $"{capacity}, {variable is null || value == $"{capacity}"}", variable, value);
        var (missed, found) = (Count("cache_miss"), Count("cache_hit"));
        Assert.SkipWhen(missed + found == 0, "oneDNN does not multiply on this CPU");
        Assert.True((missed, found) == (compiled, 4 - compiled), output);

        int Count(string outcome) => output.Split('\n').Count(line => line.Contains($"{outcome},cpu,matmul,", StringComparison.Ordinal));
    }

    [Fact]
    public void MultipliesHere()
    {
        if (Environment.GetEnvironmentVariable(Wanted)?.Split(", ") is not [var capacity, var isSet]) return;
        Assert.Equal(isSet, $"{Runtime.SetPrimitiveCacheCapacity(int.Parse(capacity, CultureInfo.InvariantCulture))}");
        Runtime.SetFloat32MatmulPrecision(Float32MatmulPrecision.medium);
        foreach (var size in new[] { 64, 96, 64, 96 }) Multiply(size);
    }

    /// <summary>What oneDNN lets go of is not held by libtorch: two hundred sizes leave no more memory behind than a few.</summary>
    [Fact]
    public async Task TheOthersAreFreed()
    {
        var kept = await Left("1024");
        Assert.SkipWhen(kept < 1 << 20, "oneDNN does not multiply on this CPU");
        var left = await Left("4");
        Assert.True(left * 4 < kept, $"{left:N0} bytes are left with four compiled products, {kept:N0} with all");

        static async Task<long> Left(string capacity)
        {
            var output = await Elsewhere(nameof(MultipliesManySizesHere), capacity, null, null);
            return long.Parse(output.Split(LeftBehind)[1].Split('\n')[0], CultureInfo.InvariantCulture);
        }
    }

    [Fact]
    public void MultipliesManySizesHere()
    {
        if (Environment.GetEnvironmentVariable(Wanted) is not { } capacity) return;
        // libtorch's own cache has its default where all are to be kept.
        if (capacity != "1024") Assert.True(Runtime.SetPrimitiveCacheCapacity(int.Parse(capacity, CultureInfo.InvariantCulture)));
        Runtime.SetFloat32MatmulPrecision(Float32MatmulPrecision.medium);
        for (var size = 1; size <= 20; size++) Multiply(size);
        var before = HeapInUse().InUse;
        for (var size = 21; size <= 220; size++) Multiply(size);
        Console.WriteLine($"{LeftBehind}{HeapInUse().InUse - before}");
    }

    [Fact]
    public void ANegativeCapacityIsAnArgumentError() =>
        Assert.Throws<ArgumentOutOfRangeException>("primitives", () => Runtime.SetPrimitiveCacheCapacity(-1));

    private static async Task<string> Elsewhere(string test, string wanted, string? variable, string? value)
    {
        Assert.SkipUnless(Runtime.Report() is { CanSetFloat32MatmulPrecision: true, CanKeepFreedMemory: true }, "not libtorch 2.9 on Linux with glibc");
        var environment = new Dictionary<string, string> { ["ONEDNN_VERBOSE"] = "profile_create", [Wanted] = wanted };
        if (variable is not null) environment[variable] = value!;
        return await OwnProcess.Run(typeof(PrimitiveCacheTests), test, environment);
    }

    private static void Multiply(int size)
    {
        using var factor = ones(size, size, dtype: ScalarType.Float32, device: CPU);
        using var product = factor.mm(factor);
        using var corner = product[0, 0];
        Assert.Equal(size, corner.item<float>());
    }

    /// <summary>malloc.h: struct mallinfo, in bytes; it is old and counts to 2 GB, which is enough here.</summary>
    private readonly record struct Heap(
        int Arena, int Free, int FreeSmall, int Mapped, int MappedBytes, int MostUsed, int FreeSmallBytes, int InUse, int FreeBytes, int Releasable);

    [DllImport("libc.so.6", EntryPoint = "mallinfo")]
    private static extern Heap HeapInUse();
}
