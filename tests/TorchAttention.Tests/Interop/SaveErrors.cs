using Tests.Shared;
using TorchAttention.Tests.Errors;
using TorchAttention.Tests.Support;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Interop;

/// <summary>What the format cannot hold is refused before anything is written.</summary>
public class SaveErrors
{
    private static readonly Dictionary<string, Func<Tensor, (string Name, Tensor? Tensor)[]>> Wrong = new()
    {
        ["null"] = _ => [("x", null)],
        ["disposed"] = good =>
        {
            var gone = good.clone();
            gone.Dispose();
            return [("x", gone)];
        },
        ["sparse"] = good => [("x", good.to_sparse())],
        ["meta"] = good => [("x", good.to(new Device(DeviceType.META)))],
        ["ComplexFloat32"] = good => [("x", good.to(ScalarType.ComplexFloat32))],
        ["ComplexFloat64"] = good => [("x", good.to(ScalarType.ComplexFloat64))],
        ["two tensors called 'x'"] = good => [("x", good), ("x", good)],
        ["name of a tensor is null"] = good => [(null!, good)],
        ["__metadata__"] = good => [("__metadata__", good)],
        ["Unicode"] = good => [("x\ud800", good)],
    };

    public static IEnumerable<TheoryDataRow<string>> Defects => Wrong.Keys.Select(name => new TheoryDataRow<string>(name));

    [Theory]
    [MemberData(nameof(Defects))]
    public void OfATensor(string defect)
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        var good = new Data(3).Normal(ScalarType.Float32, 3, 5);
        var path = folder.Write("f", "what was there");
        var wrong = Wrong[defect](good);

        var rejection = Rejected.Check("tensors", () => Safetensors.Save(path, [("good", good), .. wrong!]));

        Assert.Contains(defect, rejection.Message);
        if (defect is "null" or "sparse" or "meta") Assert.Contains("'x'", rejection.Message);
        Assert.Equal("what was there", File.ReadAllText(path));
        Assert.Single(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void OfTheOtherArguments()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("f");
        Rejected.Check("path", () => Safetensors.Save(null!, []));
        Rejected.Check("path", () => Safetensors.Save("", []));
        Rejected.Check("path", () => Safetensors.Open(null!));
        Rejected.Check("path", () => Safetensors.Open(""));
        Rejected.Check("tensors", () => Safetensors.Save(path, ((IEnumerable<(string, Tensor)>)null!)!));
        Rejected.Check("module", () => Safetensors.Save(path, (nn.Module)null!));
        Rejected.Check("metadata", () => Safetensors.Save(path, [], new Dictionary<string, string> { ["a"] = null! }));
        Rejected.Check("metadata", () => Safetensors.Save(path, [], new Dictionary<string, string> { ["\udc00"] = "a" }));
        Rejected.Check("metadata", () => Safetensors.Save(path, [], new Dictionary<string, string> { ["a"] = "\udc00" }));
        Rejected.Check("tensors", () => Safetensors.Save(path, [], new Dictionary<string, string> { ["a"] = new('x', 100_000_000) }));
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    /// <summary>Nothing is left behind where a file cannot be.</summary>
    [Fact]
    public void OfThePlace()
    {
        using var folder = new TemporaryFolder();
        var taken = folder.File("taken");
        Directory.CreateDirectory(taken);
        Assert.Contains(taken, Assert.Throws<IOException>(() => Safetensors.Save(taken, [])).Message);
        Assert.ThrowsAny<IOException>(() => Safetensors.Save(Path.Combine(taken, "missing", "f"), []));
        Assert.Equal([taken], Directory.GetFileSystemEntries(folder.Path, "*", SearchOption.AllDirectories));
    }

    /// <summary>The format is little-endian; where numbers in memory are not, it is refused rather than garbled.</summary>
    [Fact]
    public void OfABigEndianMachine()
    {
        Safetensors.RequireLittleEndian(true);
        Assert.Throws<PlatformNotSupportedException>(() => Safetensors.RequireLittleEndian(false));
    }
}
