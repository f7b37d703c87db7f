using Tests.Shared;
using TorchAttention.Tests.Errors;
using TorchAttention.Tests.Support;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Interop;

/// <summary>A file while it is open: what others do to it, where it ends, and after it is closed.</summary>
public class OpenFiles
{
    [Fact]
    public void MustBeThere()
    {
        using var folder = new TemporaryFolder();
        Assert.Throws<FileNotFoundException>(() => Safetensors.Open(folder.File("missing")));
        Assert.Throws<DirectoryNotFoundException>(() => Safetensors.Open(Path.Combine(folder.Path, "no", "folder")));
        Assert.Contains(folder.Path, Assert.Throws<IOException>(() => Safetensors.Open(folder.Path)).Message);
    }

    [Fact]
    public void HaveTheTensorsThatTheyHave()
    {
        using var folder = new TemporaryFolder();
        using var file = Saved(folder, out _);
        Rejected.Check("name", () => file.Load("y"));
        Rejected.Check("name", () => file.Load(null!));
        Rejected.Check("name", () => file.Shape("y"));
        Rejected.Check("name", () => file.DType("y"));
        Rejected.Check("device", () => file.Load("x", new Device(DeviceType.META)));
        Assert.Contains(folder.Path, Assert.ThrowsAny<ArgumentException>(() => file.Load("y")).Message);
    }

    /// <summary>What is handed out is the caller's, and changing it changes nothing.</summary>
    [Fact]
    public void AreNotChangedThroughTheirShapes()
    {
        using var folder = new TemporaryFolder();
        using var file = Saved(folder, out _);
        if (file.Shape("x") is long[] shape) shape[0] = 1000;
        Assert.Equal([5, 7], file.Shape("x"));
    }

    [Fact]
    public void AreReadNoMoreOnceClosed()
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        var file = Saved(folder, out var numbers);
        var loaded = file.Load("x");
        file.Dispose();
        file.Dispose();
        NoLeaks.LeavesNone(() => Assert.Throws<ObjectDisposedException>(() => file.Load("x")), "a refused Load");
        Close.Exact.Check(loaded, numbers, "x");
    }

    /// <summary>Saving puts another file in its place; the open one stays what it was.</summary>
    [Fact]
    public void StayWhenTheyAreReplaced()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows replaces no mapped file");
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        using var file = Saved(folder, out var numbers);
        Safetensors.Save(folder.File("f"), [("x", zeros(1, device: CPU))]);
        Close.Exact.Check(file.Load("x"), numbers, "x");
        using var fresh = Safetensors.Open(folder.File("f"));
        Assert.Equal([1], fresh.Shape("x"));
    }

    /// <summary>Reading a mapped page that has gone would end the process.</summary>
    [Fact]
    public void AreReadNoMoreOnceTheyAreShorter()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows lets nobody shorten a mapped file");
        using var folder = new TemporaryFolder();
        using var file = Saved(folder, out _);
        using (var other = new FileStream(folder.File("f"), FileMode.Open, FileAccess.Write, FileShare.ReadWrite)) other.SetLength(16);
        NoLeaks.LeavesNone(
            () => Assert.Contains("shorter", Assert.Throws<InvalidDataException>(() => file.Load("x")).Message), "a refused Load");
    }

    [Fact]
    public void AreReadByManyThreads()
    {
        using var folder = new TemporaryFolder();
        using var file = Saved(folder, out var numbers);
        var bits = SafetensorsContent.Bits(numbers);
        Parallel.For(0, 64, _ =>
        {
            using var loaded = file.Load("x");
            Assert.Equal(bits, SafetensorsContent.Bits(loaded));
        });
    }

    /// <summary>Offsets beyond two and four gigabytes. The file is one hole, which takes no room on the disk.</summary>
    [Fact]
    public void MayBeLargerThanASpan()
    {
        const long Large = 5L << 30;
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        var header = $$$"""{"large":{"dtype":"F64","shape":[{{{Large / 8}}}],"data_offsets":[0,{{{Large}}}]},"x":{"dtype":"U8","shape":[3],"data_offsets":[{{{Large}}},{{{Large + 3}}}]}}""";
        var path = folder.Write("f", SafetensorsContent.Of(header, 0));
        using (var stream = new FileStream(path, FileMode.Append))
        {
            stream.SetLength(stream.Length + Large);
            stream.Seek(0, SeekOrigin.End);
            stream.Write([2, 3, 5]);
        }

        using var file = Safetensors.Open(path);
        Assert.Equal([2, 3, 5], SafetensorsContent.Bits(file.Load("x")));
        Assert.Equal([Large / 8], file.Shape("large"));
    }

    /// <summary>Pieces of any tensor lie side by side and end where it ends.</summary>
    [Theory]
    [InlineData(0, ScalarType.Float64)]
    [InlineData(1, ScalarType.Byte)]
    [InlineData(TensorBytes.ChunkSize, ScalarType.Byte)]
    [InlineData(TensorBytes.ChunkSize + 1, ScalarType.Int8)]
    [InlineData(TensorBytes.ChunkSize, ScalarType.BFloat16)]
    [InlineData(TensorBytes.ChunkSize / 4 - 1, ScalarType.Int64)]
    public void AreReadInPieces(long count, ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        var tensor = empty(count, dtype: dtype, device: CPU);
        var due = 0L;
        NoLeaks.LeavesNone(() => TensorBytes.ForEach(tensor, (piece, offset) =>
        {
            Assert.Equal(due, offset);
            Assert.InRange(piece.Length, 1, TensorBytes.ChunkSize);
            due += piece.Length;
        }), "ForEach");
        Assert.Equal(count * tensor.element_size(), due);
    }

    private static SafetensorsFile Saved(TemporaryFolder folder, out Tensor numbers)
    {
        numbers = new Data(3).Normal(ScalarType.Float32, 5, 7);
        Safetensors.Save(folder.File("f"), [("x", numbers)]);
        return Safetensors.Open(folder.File("f"));
    }
}
