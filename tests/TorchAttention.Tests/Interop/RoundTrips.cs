using Tests.Shared;
using TorchAttention.Tests.Support;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Interop;

/// <summary>What is saved is loaded again, bit by bit.</summary>
public class RoundTrips
{
    private static readonly ScalarType[] DTypes =
    [
        ScalarType.Float64, ScalarType.Float32, ScalarType.Float16, ScalarType.BFloat16, ScalarType.Int64, ScalarType.Int32,
        ScalarType.Int16, ScalarType.Int8, ScalarType.Byte, ScalarType.Bool,
    ];

    public static IEnumerable<TheoryDataRow<ScalarType>> EveryDType => DTypes.Select(dtype => new TheoryDataRow<ScalarType>(dtype));

    /// <summary>Any bits, so NaNs with a payload, subnormal numbers and negative zeros are among them.</summary>
    [Theory]
    [MemberData(nameof(EveryDType))]
    public void KeepEveryBit(ScalarType dtype)
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        var random = new Random(5);
        foreach (var shape in new long[][] { [], [1], [7], [3, 5], [2, 3, 5, 7], [0], [3, 0, 5] })
        {
            var numbers = empty(shape, dtype: dtype, device: CPU);
            if (numbers.numel() > 0) random.NextBytes(numbers.bytes);
            if (dtype == ScalarType.Bool) numbers = ones(shape, dtype: ScalarType.Byte, device: CPU).to(dtype);
            Check(folder, numbers, numbers);
        }
    }

    [Fact]
    public void KeepTheNumbersOfAnyView()
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        var numbers = new Data(3).Normal(ScalarType.Float32, 3, 5, 7);
        var imaginary = complex(numbers, numbers).conj().imag; // its sign is not in its memory
        Tensor[] views =
        [
            numbers.transpose(0, 2), numbers.narrow(1, 1, 3), numbers[1], numbers[TensorIndex.Ellipsis, 2], numbers.flip(0),
            numbers.sum(1, keepdim: true).expand(3, 5, 7), numbers.detach().requires_grad_(), imaginary,
        ];
        Assert.True(imaginary.is_neg());
        foreach (var view in views) Check(folder, view, view.detach().clone());
    }

    /// <summary>Both are written in full; what is loaded shares nothing.</summary>
    [Fact]
    public void UntieWhatSharesMemory()
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        var whole = new Data(3).Normal(ScalarType.Float32, 5, 7);
        Safetensors.Save(folder.File("f"), [("whole", whole), ("row", whole[2]), ("again", whole)]);

        using var file = Safetensors.Open(folder.File("f"));
        var loaded = file.Load("whole");
        loaded.zero_();
        Close.Exact.Check(file.Load("row"), whole[2], "row");
        Close.Exact.Check(file.Load("again"), whole, "again");
        Assert.Equal(8 + SafetensorsContent.Header(File.ReadAllBytes(folder.File("f"))).Length + (35 + 35 + 7) * 4, new FileInfo(folder.File("f")).Length);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("a.b-c/d\\e\"f'g")]
    [InlineData("\u0000\u0001\b\t\n\f\r\u001f\u007f\u2028")]
    [InlineData("schlüssel 注意 🙂 \ue000 \uffff")]
    [InlineData("dtype")]
    [InlineData("__metadata")]
    public void KeepEveryName(string name)
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        var numbers = new Data(3).Normal(ScalarType.Float32, 2, 3);
        Safetensors.Save(folder.File("f"), [(name, numbers)], new Dictionary<string, string> { [name] = name, ["other"] = "" });

        using var file = Safetensors.Open(folder.File("f"));
        Assert.Equal([name], file.Names);
        Assert.Equal(name, file.Metadata[name]);
        Assert.Equal("", file.Metadata["other"]);
        Close.Exact.Check(file.Load(name), numbers, name);
    }

    [Fact]
    public void KeepNothingAtAll()
    {
        using var folder = new TemporaryFolder();
        Safetensors.Save(folder.File("f"), []);
        using var file = Safetensors.Open(folder.File("f"));
        Assert.Empty(file.Names);
        Assert.Empty(file.Metadata);
        Assert.Equal(16, new FileInfo(folder.File("f")).Length);
    }

    /// <summary>A tensor of more than one piece.</summary>
    [Fact]
    public void KeepWhatIsCopiedInPieces()
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        var large = arange(0, TensorBytes.ChunkSize / 4 + 3, dtype: ScalarType.Int32, device: CPU);
        var small = large.narrow(0, 5, 7);
        Safetensors.Save(folder.File("f"), [("large", large), ("small", small)]);

        using var file = Safetensors.Open(folder.File("f"));
        Assert.True(file.Load("large").equal(large).all().item<bool>());
        Close.Exact.Check(file.Load("small"), small, "small");
    }

    [Fact]
    public void LeaveOnlyTheLoadedTensor()
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        var (numbers, flags) = (new Data(3).Normal(ScalarType.BFloat16, 3, 5), new Data(3).Bool(0.5, 3, 5).t());
        NoLeaks.LeavesNone(() => Safetensors.Save(folder.File("f"), [("x", numbers), ("flags", flags)]), "Save");
        using var file = Safetensors.Open(folder.File("f"));
        NoLeaks.Leaves(1, () => file.Load("x"), "Load");
        NoLeaks.Leaves(1, () => file.Load("flags"), "Load of flags");
        NoLeaks.LeavesNone(() => Assert.ThrowsAny<ArgumentException>(() => file.Load("y")), "a refused Load");
    }

    private static void Check(TemporaryFolder folder, Tensor saved, Tensor expected)
    {
        Safetensors.Save(folder.File("f"), [("x", saved)]);
        using var file = Safetensors.Open(folder.File("f"));
        using var loaded = file.Load("x");
        Assert.Equal(expected.shape, file.Shape("x"));
        Assert.Equal(expected.dtype, file.DType("x"));
        Assert.Equal(expected.shape, loaded.shape);
        Assert.Equal(expected.dtype, loaded.dtype);
        Assert.Equal(DeviceType.CPU, loaded.device_type);
        Assert.False(loaded.requires_grad);
        Assert.Equal(SafetensorsContent.Bits(expected), SafetensorsContent.Bits(loaded));
    }
}
