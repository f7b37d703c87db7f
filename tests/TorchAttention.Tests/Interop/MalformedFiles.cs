using System.Text;
using Tests.Shared;
using TorchAttention.Tests.Support;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Interop;

/// <summary>A file that is not what it says is refused when it is opened, with a message that names it and the tensor.</summary>
public class MalformedFiles
{
    private const string Good = """ "good": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]} """;

    /// <summary>What is wrong, the header, how many bytes of data follow it, and what the message says.</summary>
    private static readonly Dictionary<string, (string Header, int Data, string Says)> Wrong = new()
    {
        ["no object"] = ("[1]", 0, "begin with '{'"),
        ["white space first"] = (" {}", 0, "begin with '{'"),
        ["a byte order mark"] = ("\ufeff{}", 0, "begin with '{'"),
        ["an empty header"] = ("", 0, "begin with '{'"),
        ["half an object"] = ("{", 0, "JSON"),
        ["something behind the object"] = ("{} {}", 0, "JSON"),
        ["a zero byte behind the object"] = ("{}\0", 0, "JSON"),
        ["a trailing comma"] = ($"{{{Good},}}", 8, "JSON"),
        ["a comment"] = ($"{{{Good}/* */}}", 8, "JSON"),
        ["a depth bomb"] = ("{\"x\":" + new string('[', 1_000_000), 0, "'x'"),
        ["a depth bomb of objects"] = (string.Concat(Enumerable.Repeat("{\"x\":", 100_000)), 0, "'x'"),
        ["a depth bomb in a shape"] = ("{\"x\":{\"shape\":" + new string('[', 1_000_000), 0, "JSON"),
        ["a depth bomb in the metadata"] = ("{\"__metadata__\":{\"x\":" + new string('[', 1_000_000), 0, "__metadata__"),
        ["a number for a tensor"] = ("""{"x": 3}""", 0, "'x'"),
        ["nothing for a tensor"] = ("""{"x": null}""", 0, "'x'"),
        ["an empty tensor"] = ("""{"x": {}}""", 0, "'x'"),
        ["no dtype"] = ("""{"x": {"shape": [2], "data_offsets": [0, 8]}}""", 8, "'x'"),
        ["no shape"] = ("""{"x": {"dtype": "F32", "data_offsets": [0, 8]}}""", 8, "'x'"),
        ["no offsets"] = ("""{"x": {"dtype": "F32", "shape": [2]}}""", 8, "'x'"),
        ["another field"] = ("""{"x": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8], "strides": [1]}}""", 8, "'strides'"),
        ["a field twice"] = ("""{"x": {"dtype": "F32", "dtype": "F32", "shape": [2], "data_offsets": [0, 8]}}""", 8, "'dtype'"),
        ["a tensor twice"] = ($"{{{Good},{Good}}}", 8, "'good'"),
        ["a tensor twice, once escaped"] = ("{" + Good + ""","\u0067ood": {"dtype": "F32", "shape": [2], "data_offsets": [8, 16]}}""", 16, "'good'"),
        ["metadata twice"] = ("""{"__metadata__": {}, "__metadata__": {}}""", 0, "'__metadata__'"),
        ["a metadata key twice"] = ("""{"__metadata__": {"a": "1", "a": "2"}}""", 0, "'a'"),
        ["metadata that is a text"] = ("""{"__metadata__": "x"}""", 0, "__metadata__"),
        ["metadata with a number"] = ("""{"__metadata__": {"a": 1}}""", 0, "'a'"),
        ["metadata with an object"] = ("""{"__metadata__": {"a": {}}}""", 0, "'a'"),
        ["a dtype that is a number"] = ("""{"x": {"dtype": 32, "shape": [2], "data_offsets": [0, 8]}}""", 8, "dtype"),
        ["a shape that is a number"] = ("""{"x": {"dtype": "F32", "shape": 2, "data_offsets": [0, 8]}}""", 8, "shape"),
        ["a shape of texts"] = ("""{"x": {"dtype": "F32", "shape": ["2"], "data_offsets": [0, 8]}}""", 8, "shape"),
        ["a negative size"] = ("""{"x": {"dtype": "F32", "shape": [-2], "data_offsets": [0, 8]}}""", 8, "shape"),
        ["two negative sizes"] = ("""{"x": {"dtype": "F32", "shape": [-2, -1], "data_offsets": [0, 8]}}""", 8, "shape"),
        ["a fraction for a size"] = ("""{"x": {"dtype": "F32", "shape": [2.0], "data_offsets": [0, 8]}}""", 8, "shape"),
        ["an exponent in a size"] = ("""{"x": {"dtype": "F32", "shape": [2e0], "data_offsets": [0, 8]}}""", 8, "shape"),
        ["NaN for a size"] = ("""{"x": {"dtype": "F32", "shape": [NaN], "data_offsets": [0, 8]}}""", 8, "JSON"),
        ["a size of 2^63"] = ("""{"x": {"dtype": "F32", "shape": [9223372036854775808], "data_offsets": [0, 8]}}""", 8, "shape"),
        ["a size of 1,000 digits"] = ($$$"""{"x": {"dtype": "F32", "shape": [{{{new string('9', 1000)}}}], "data_offsets": [0, 8]}}""", 8, "shape"),
        ["sizes whose product overflows to 2"] = (
            """{"x": {"dtype": "U8", "shape": [6148914691236517206, 3], "data_offsets": [0, 2]}}""", 2, "2^63"),
        ["sizes whose bytes overflow to 8"] = ("""{"x": {"dtype": "F32", "shape": [4611686018427387906], "data_offsets": [0, 8]}}""", 8, "2^63"),
        ["sizes that overflow beside a zero"] = (
            """{"x": {"dtype": "F32", "shape": [4611686018427387904, 0, 4], "data_offsets": [0, 0]}}""", 0, "2^63"),
        ["65 dimensions"] = ($$$"""{"x": {"dtype": "F32", "shape": [{{{string.Join(",", Enumerable.Repeat(1, 65))}}}], "data_offsets": [0, 4]}}""", 4, "64"),
        ["one offset"] = ("""{"x": {"dtype": "F32", "shape": [2], "data_offsets": [8]}}""", 8, "data_offsets"),
        ["three offsets"] = ("""{"x": {"dtype": "F32", "shape": [2], "data_offsets": [0, 4, 8]}}""", 8, "data_offsets"),
        ["a negative offset"] = ("""{"x": {"dtype": "F32", "shape": [2], "data_offsets": [-8, 0]}}""", 8, "data_offsets"),
        ["offsets in reverse"] = ("""{"x": {"dtype": "F32", "shape": [2], "data_offsets": [8, 0]}}""", 8, "'x'"),
        ["an offset outside the file"] = ("""{"x": {"dtype": "F32", "shape": [4], "data_offsets": [0, 16]}}""", 8, "16"),
        ["a huge offset"] = ("""{"x": {"dtype": "F9", "shape": [], "data_offsets": [0, 9223372036854775807]}}""", 8, "9223372036854775807"),
        ["fewer bytes than the shape takes"] = ("""{"x": {"dtype": "F32", "shape": [3], "data_offsets": [0, 8]}}""", 8, "12"),
        ["more bytes than the shape takes"] = ("""{"x": {"dtype": "F32", "shape": [1], "data_offsets": [0, 8]}}""", 8, "4"),
        ["bytes for no element"] = ("""{"x": {"dtype": "F32", "shape": [2, 0], "data_offsets": [0, 8]}}""", 8, "(2, 0)"),
        ["a hole at the start"] = ("""{"x": {"dtype": "F32", "shape": [1], "data_offsets": [4, 8]}}""", 8, "hole"),
        ["a hole in the middle"] = ("{" + Good + ""","x": {"dtype": "F32", "shape": [1], "data_offsets": [12, 16]}}""", 16, "'x'"),
        ["a hole at the end"] = ($"{{{Good}}}", 12, "12"),
        ["data without a tensor"] = ("{}", 4, "4"),
        ["an overlap"] = ("{" + Good + ""","x": {"dtype": "F32", "shape": [2], "data_offsets": [4, 12]}}""", 12, "'x'"),
        ["the same bytes for two"] = ("{" + Good + ""","x": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}}""", 8, "overlap"),
        ["data cut short"] = ($"{{{Good}}}", 7, "7"),
        ["a name of half a surrogate pair"] = ("""{"\ud800": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}}""", 8, "Unicode"),
        ["a dtype of half a surrogate pair"] = ("""{"x": {"dtype": "\ud800", "shape": [2], "data_offsets": [0, 8]}}""", 8, "Unicode"),
    };

    public static IEnumerable<TheoryDataRow<string>> Defects => Wrong.Keys.Select(name => new TheoryDataRow<string>(name));

    [Theory]
    [MemberData(nameof(Defects))]
    public void AreRefused(string defect)
    {
        var (header, data, says) = Wrong[defect];
        Refused(SafetensorsContent.Of(header, data), says);
    }

    /// <summary>The same cases without their defect open: what is refused is the defect.</summary>
    [Fact]
    public void AreNotRefusedWithoutADefect()
    {
        string[] headers =
        [
            $"{{{Good}}}", $"{{{Good}}} \n\r\t", """{"good":{"data_offsets":[0,8],"shape":[2,1,1],"dtype":"I32"},"__metadata__":{}}""",
            """{"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]},"\u0061":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}""",
            """{"x":{"dtype":"F32","shape":[0,9223372036854775],"data_offsets":[0,0]},"y":{"dtype":"I64","shape":[1],"data_offsets":[0,8]}}""",
            $$$"""{"x":{"dtype":"F64","shape":[{{{string.Join(",", Enumerable.Repeat(1, 64))}}}],"data_offsets":[0,8]}}""",
        ];
        using var folder = new TemporaryFolder();
        foreach (var header in headers)
        {
            using var scope = NewDisposeScope();
            using var file = Safetensors.Open(folder.Write("f", SafetensorsContent.Of(header, 8)));
            Assert.Equal(header.Contains("\"b\"") ? ["a", "b"] : file.Names, file.Names);
            foreach (var name in file.Names) Assert.Equal(file.Shape(name), file.Load(name).shape);
        }
    }

    [Fact]
    public void AreRefusedWhateverTheirLengthClaims()
    {
        byte[][] contents =
        [
            [], [1], [1, 2, 3, 4, 5, 6, 7], new byte[8], [.. new byte[8], (byte)'{', (byte)'}'],
            [3, 0, 0, 0, 0, 0, 0, 0, (byte)'{', (byte)'}'],
            .. new[] { 100_000_001, long.MaxValue, long.MaxValue - 7, -1L, long.MinValue, 1L << 32 }
                .Select(length => (byte[])[.. BitConverter.GetBytes(length), .. "{}      "u8]),
        ];
        foreach (var content in contents) Refused(content, "");
    }

    [Fact]
    public void AreRefusedIfTheHeaderIsNoUtf8()
    {
        Refused(SafetensorsContent.Of([.. "{\"x"u8, 0xff, .. "\": {\"dtype\": \"F32\", \"shape\": [], \"data_offsets\": [0, 4]}}"u8], new byte[4]), "Unicode");
        Refused(SafetensorsContent.Of([.. "{\"__metadata__\": {\"a\": \""u8, 0xc3, .. "\"}}"u8], []), "Unicode");
        Refused(SafetensorsContent.Of(Encoding.UTF8.GetBytes("{}\u00a0"), []), "JSON");
    }

    /// <summary>A dtype that torch does not have is no defect of the file: all else can be used.</summary>
    [Fact]
    public void AreUsableBesideADTypeThatTorchLacks()
    {
        const string Header = """
            {"old": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}, "new": {"dtype": "F8_E4M3", "shape": [2, 2], "data_offsets": [4, 8]}}
            """;
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        var path = folder.Write("f", SafetensorsContent.Of([.. Encoding.UTF8.GetBytes(Header)], [0, 0, 128, 63, 1, 2, 3, 4]));
        using var file = Safetensors.Open(path);

        Assert.Equal(1, file.Load("old").item<float>());
        Assert.Equal([2, 2], file.Shape("new"));
        Assert.Null(file.DType("new"));
        var refusal = Assert.Throws<InvalidDataException>(() => file.Load("new"));
        Assert.All([path, "'new'", "F8_E4M3"], part => Assert.Contains(part, refusal.Message));
    }

    /// <summary>Torch computes nonsense with a bool that is neither 0 nor 1.</summary>
    [Fact]
    public void GiveOnlyTrueAndFalse()
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        var header = """{"x":{"dtype":"BOOL","shape":[4],"data_offsets":[0,4]}}"""u8.ToArray();
        using var file = Safetensors.Open(folder.Write("f", SafetensorsContent.Of(header, [0, 1, 2, 255])));
        Assert.Equal([0, 1, 1, 1], SafetensorsContent.Bits(file.Load("x")));
    }

    private static void Refused(byte[] content, string says)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("refused", content);
        NoLeaks.LeavesNone(
            () =>
            {
                var refusal = Assert.Throws<InvalidDataException>(() => Safetensors.Open(path));
                Assert.Contains(path, refusal.Message);
                Assert.Contains(says, refusal.Message);
            },
            "a refusal");
        // Nothing holds it any longer.
        using var whole = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
    }
}
