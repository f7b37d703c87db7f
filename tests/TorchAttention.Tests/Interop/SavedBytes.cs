using Tests.Shared;
using TorchAttention.Tests.Support;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Interop;

/// <summary>The bytes of a saved file: those of the format's reference implementation, whatever the order of the arguments.</summary>
public class SavedBytes
{
    /// <summary>Two examples that the reference implementation states, byte for byte, and the one without anything.</summary>
    [Fact]
    public void AreTheReferences()
    {
        using var scope = NewDisposeScope();
        var numbers = arange(0, 6, dtype: ScalarType.Float32, device: CPU);
        var data = SafetensorsContent.Bits(numbers);
        Assert.Equal(
            SafetensorsContent.Of("""{"attn.0":{"dtype":"F32","shape":[1,2,3],"data_offsets":[0,24]}}"""u8.ToArray(), data),
            Save([("attn.0", numbers.reshape(1, 2, 3))]));
        Assert.Equal(
            SafetensorsContent.Of("""{"attn0":{"dtype":"F32","shape":[1,1,2,3],"data_offsets":[0,24]}}       """u8.ToArray(), data),
            Save([("attn0", numbers.reshape(1, 1, 2, 3))]));
        Assert.Equal(
            SafetensorsContent.Of("""{"__metadata__":{"framework":"pt"}}     """u8.ToArray(), []),
            Save([], new() { ["framework"] = "pt" }));
    }

    /// <summary>The widest first, then by the bytes of the names: U+FFFF comes before what takes two UTF-16 units.</summary>
    [Fact]
    public void AreOrderedByWidthThenName()
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        ScalarType[] widest =
        [
            ScalarType.Int64, ScalarType.Float64, ScalarType.Float32, ScalarType.Int32, ScalarType.BFloat16, ScalarType.Float16,
            ScalarType.Int16, ScalarType.Int8, ScalarType.Byte, ScalarType.Bool,
        ];
        string[] names = ["", "a", "a.b", "ab", "b", "ä", "\uffff", "🙂"];
        (string Name, Tensor Tensor)[] ordered =
        [
            .. from rank in Enumerable.Range(0, widest.Length)
               from name in names
               select ($"{(char)('z' - rank)}{name}", ones(3, dtype: widest[rank], device: CPU)),
        ];
        var shuffled = ordered.ToArray();
        new Random(7).Shuffle(shuffled);

        Safetensors.Save(folder.File("f"), shuffled);
        using var file = Safetensors.Open(folder.File("f"));
        Assert.Equal(ordered.Select(item => item.Name), file.Names);
        Assert.Equal(Save(ordered), Save(shuffled));
    }

    [Fact]
    public void AreAligned()
    {
        using var scope = NewDisposeScope();
        for (var length = 1; length < 20; length++)
        {
            var header = SafetensorsContent.Header(Save([(new string('x', length), ones(3, dtype: ScalarType.Float64, device: CPU))]));
            Assert.Equal(0, header.Length % 8);
            Assert.StartsWith("}}", header.TrimEnd(' ')[^2..]);
        }
    }

    /// <summary>The header's escapes are the shortest that JSON has, as the reference implementation writes them.</summary>
    [Fact]
    public void EscapeWhatMustBe()
    {
        using var scope = NewDisposeScope();
        var header = SafetensorsContent.Header(Save([("\"\\\b\f\n\r\t\u0001\u001f/\u007fü🙂", ones(2, dtype: ScalarType.Int32, device: CPU))]));
        Assert.StartsWith("""{"\"\\\b\f\n\r\t\u0001\u001f/""" + "\u007fü🙂\":{", header);
    }

    [Fact]
    public void HoldTheMetadataInOrder()
    {
        var header = SafetensorsContent.Header(Save([], new() { ["b"] = "2", ["a"] = "1", ["B"] = "\n" }));
        Assert.Equal("""{"__metadata__":{"B":"\n","a":"1","b":"2"}}""", header.TrimEnd(' '));
    }

    private static byte[] Save((string Name, Tensor Tensor)[] tensors, Dictionary<string, string>? metadata = null)
    {
        using var folder = new TemporaryFolder();
        Safetensors.Save(folder.File("f"), tensors, metadata);
        return File.ReadAllBytes(folder.File("f"));
    }
}
