using Tests.Shared;
using TorchAttention.Tests.Support;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Interop;

/// <summary>Files that PyTorch's tensors were written to; Fixtures/README.md says how.</summary>
public class PyTorchFiles
{
    /// <summary>Python's NaN; that of C# has its sign bit set.</summary>
    private static readonly double NaN = BitConverter.UInt64BitsToDouble(0x7ff8_0000_0000_0000);

    [Fact]
    public void FillAModule()
    {
        using var scope = NewDisposeScope();
        using var attention = nn.MultiheadAttention(8, 2);
        using (no_grad()) foreach (var parameter in attention.parameters()) parameter.zero_();

        Safetensors.Load(Fixture("multihead"), attention);

        using var call = Safetensors.Open(Fixture("multihead-call"));
        var (context, weights) = attention.call(call.Load("query"), call.Load("key"), call.Load("value"), null, true, null);
        var close = new Close("float32 sums of some dozen terms in another order, on the way through two projections", 1e-5, 1e-5);
        close.Check(context, call.Load("context"), "context");
        close.Check(weights, call.Load("weights"), "weights");
    }

    [Fact]
    public void SayWhatTheyHold()
    {
        using var file = Safetensors.Open(Fixture("multihead"));
        Assert.Equal(["in_proj_bias", "in_proj_weight", "out_proj.bias", "out_proj.weight"], file.Names);
        Assert.Equal([24, 8], file.Shape("in_proj_weight"));
        Assert.Equal(ScalarType.Float32, file.DType("in_proj_weight"));
        Assert.Equal("pt", file.Metadata["format"]);
    }

    public static IEnumerable<TheoryDataRow<string, ScalarType>> DTypes =>
    [
        new("torch.float64", ScalarType.Float64), new("torch.float32", ScalarType.Float32), new("torch.float16", ScalarType.Float16),
        new("torch.bfloat16", ScalarType.BFloat16), new("torch.int64", ScalarType.Int64), new("torch.int32", ScalarType.Int32),
        new("torch.int16", ScalarType.Int16), new("torch.int8", ScalarType.Int8), new("torch.uint8", ScalarType.Byte),
        new("torch.bool", ScalarType.Bool),
    ];

    /// <summary>A transposed (3, 2) with the edges of each dtype: NaN, both infinities, -0, the largest and the least normal number.</summary>
    [Theory]
    [MemberData(nameof(DTypes))]
    public void HoldEveryDType(string name, ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        using var file = Safetensors.Open(Fixture("dtypes"));
        var loaded = file.Load(name);
        Assert.Equal(dtype, loaded.dtype);
        var expected = loaded.is_floating_point() ? Floating(dtype) : dtype == ScalarType.Bool ? Whole(1, 1, 0, 1, 0, 0) : Integers(loaded);
        Assert.Equal(SafetensorsContent.Bits(expected.to(dtype)), SafetensorsContent.Bits(loaded));
    }

    [Fact]
    public void HoldScalarsNothingAndAnyText()
    {
        using var scope = NewDisposeScope();
        using var file = Safetensors.Open(Fixture("dtypes"));
        Assert.Equal(3.5f, file.Load("one number").item<float>());
        Assert.Equal([3, 0, 5], file.Load("no number").shape);
        Assert.Equal([0, 1], file.Load("ein \"Schlüssel\"\n\\ 注意 🙂").data<long>().ToArray());
        Assert.Equal("x\ty", file.Metadata["größe"]);
    }

    /// <summary>Written again here, a file has the bytes that were written in Python.</summary>
    [Theory]
    [InlineData("multihead")]
    [InlineData("multihead-call")]
    [InlineData("dtypes")]
    public void AreWrittenAlike(string name)
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        using var file = Safetensors.Open(Fixture(name));
        Safetensors.Save(folder.File("f"), file.Names.Reverse().Select(tensor => (tensor, file.Load(tensor))), file.Metadata);
        Assert.Equal(File.ReadAllBytes(Fixture(name)), File.ReadAllBytes(folder.File("f")));
    }

    private static Tensor Floating(ScalarType dtype) => tensor(
        [NaN, -0.0, double.PositiveInfinity, finfo(dtype).max, double.NegativeInfinity, finfo(dtype).tiny], [3, 2],
        dtype: ScalarType.Float64, device: CPU);

    private static Tensor Integers(Tensor like)
    {
        var most = like.dtype == ScalarType.Byte ? byte.MaxValue : (1L << (8 * (int)like.element_size() - 1)) - 1;
        return Whole(like.dtype == ScalarType.Byte ? 0 : -most - 1, 1, most, 2, 0, 3);
    }

    private static Tensor Whole(params long[] numbers) => tensor(numbers, [3, 2], dtype: ScalarType.Int64, device: CPU);

    private static string Fixture(string name) => Path.Combine(AppContext.BaseDirectory, "Fixtures", name + ".safetensors");
}
