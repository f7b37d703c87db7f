using Tests.Shared;
using TorchAttention.Tests.Errors;
using TorchAttention.Tests.Rules;
using TorchAttention.Tests.Support;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Interop;

/// <summary>Modules saved and filled: all of one fits, or nothing is changed.</summary>
public class ModuleFiles
{
    public static IEnumerable<TheoryDataRow<string>> Kinds => Every.One();

    [Theory]
    [MemberData(nameof(Kinds))]
    public void AreReadBackAsWritten(string kindName)
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        var kind = Kind.Of(kindName);
        using var saved = kind.Build(ScalarType.Float32, seed: 1);
        using var loaded = kind.Build(ScalarType.Float32, seed: 2);

        Safetensors.Save(folder.File("f"), saved, new Dictionary<string, string> { ["format"] = "pt" });
        NoLeaks.LeavesNone(() => Safetensors.Load(folder.File("f"), loaded), "Load");

        foreach (var (name, numbers) in saved.state_dict()) Close.Exact.Check(loaded.state_dict()[name], numbers, name);
        Assert.All(loaded.parameters(), parameter => Assert.True(parameter.requires_grad && parameter.is_leaf));
    }

    /// <summary>In place: the parameters stay the objects that an optimizer may hold, and what is tied stays tied.</summary>
    [Fact]
    public void FillTheParametersThatAreThere()
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        using var module = new Mixed(3, 5);
        var before = module.state_dict();
        Safetensors.Save(folder.File("f"), before.Select(entry => (entry.Key, entry.Value.add(1).to(entry.Value.dtype))));

        Safetensors.Load(folder.File("f"), module);

        using var file = Safetensors.Open(folder.File("f"));
        Assert.Equal(["count", "flags", "inner.bias", "inner.weight"], file.Names.Order(StringComparer.Ordinal));
        foreach (var (name, tensor) in before) Close.Exact.Check(tensor, file.Load(name), name);
    }

    [Fact]
    public void NameAllThatDoesNotFitAndChangeNothing()
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        using var module = new Mixed(3, 5);
        var before = module.state_dict().ToDictionary(entry => entry.Key, entry => SafetensorsContent.Bits(entry.Value));
        Safetensors.Save(folder.File("f"),
        [
            ("inner.weight", ones(5, 4, device: CPU)), ("inner.bias", ones(5, dtype: ScalarType.Float64, device: CPU)),
            ("flags", ones(5, dtype: ScalarType.Bool, device: CPU)), ("stray", ones(1, device: CPU)), ("other", ones(1, device: CPU)),
        ]);

        foreach (var strict in new[] { true, false })
        {
            NoLeaks.LeavesNone(
                () =>
                {
                    var refusal = Assert.Throws<InvalidDataException>(() => Safetensors.Load(folder.File("f"), module, strict));
                    string[] says = [folder.Path, "inner.weight", "(5, 4)", "(5, 3)", "inner.bias", "Float64", "Float32"];
                    Assert.All(says, part => Assert.Contains(part, refusal.Message));
                    Assert.DoesNotContain("flags", refusal.Message);
                    Assert.All(["count", "stray", "other"], part => Assert.Equal(strict, refusal.Message.Contains(part, StringComparison.Ordinal)));
                },
                "a refusal");
            foreach (var (name, tensor) in module.state_dict()) Assert.Equal(before[name], SafetensorsContent.Bits(tensor));
        }
    }

    /// <summary>The message is for a person: of the file of quite another module the first names tell enough.</summary>
    [Fact]
    public void NameOnlyTheFirstOfMuchThatDoesNotFit()
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        using var module = new Mixed(3, 5);
        Safetensors.Save(folder.File("f"), Enumerable.Range(0, 25).Select(i => ($"stray{i:D2}", (Tensor)ones(1, device: CPU))));

        var refusal = Assert.Throws<InvalidDataException>(() => Safetensors.Load(folder.File("f"), module));

        Assert.Contains("stray09 and 15 more", refusal.Message);
        Assert.DoesNotContain("stray10", refusal.Message);
        Assert.All(module.state_dict().Keys, name => Assert.Contains(name, refusal.Message));
    }

    [Fact]
    public void MayBeFilledInPart()
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        using var module = new Mixed(3, 5);
        Safetensors.Save(folder.File("f"), [("inner.bias", full(5, 7, dtype: ScalarType.Float32, device: CPU)), ("stray", ones(1, device: CPU))]);

        var (missing, unexpected) = Safetensors.Load(folder.File("f"), module, strict: false);

        Assert.Equal(["count", "flags", "inner.weight"], missing.Order(StringComparer.Ordinal));
        Assert.Equal(["stray"], unexpected);
        Assert.All(Grid.Of(module.state_dict()["inner.bias"]).Numbers, number => Assert.Equal(7, number));
    }

    [Fact]
    public void AreConvertedOnlyIfToldTo()
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        var numbers = new Data(3).Normal(ScalarType.BFloat16, 5, 3);
        using var module = nn.Linear(3, 5, hasBias: false, device: CPU);
        Safetensors.Save(folder.File("f"), [("weight", numbers)]);

        Assert.Contains("convert", Assert.Throws<InvalidDataException>(() => Safetensors.Load(folder.File("f"), module)).Message);
        Safetensors.Load(folder.File("f"), module, convert: true);
        Assert.Equal(ScalarType.Float32, module.weight.dtype);
        Close.Exact.Check(module.weight, numbers.to(ScalarType.Float32), "weight");
    }

    [Fact]
    public void NameADTypeThatTorchLacks()
    {
        using var folder = new TemporaryFolder();
        using var module = nn.Linear(3, 1, hasBias: false, device: CPU);
        var path = folder.Write("f", SafetensorsContent.Of("""{"weight":{"dtype":"F8_E5M2","shape":[1,3],"data_offsets":[0,3]}}""", 3));
        var refusal = Assert.Throws<InvalidDataException>(() => Safetensors.Load(path, module, convert: true));
        Assert.All([path, "weight", "F8_E5M2"], part => Assert.Contains(part, refusal.Message));
    }

    [Fact]
    public void MustBeAlive()
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        using var module = nn.Linear(3, 5, device: CPU);
        using var meta = nn.Linear(3, 5, device: new Device(DeviceType.META));
        var path = folder.File("f");
        Safetensors.Save(path, module);

        Rejected.Check("module", () => Safetensors.Load(path, null!));
        Rejected.Check("path", () => Safetensors.Load(null!, module));
        Rejected.Check("module", () => Safetensors.Load(path, meta));
        Rejected.Check("module", () => Safetensors.Save(path, meta));
        using var attention = new SoftAttention(new BilinearScore(3, 5));
        attention.Dispose();
        Rejected.Check("module", () => Safetensors.Load(path, attention));
        Rejected.Check("module", () => Safetensors.Save(path, attention));
    }

    /// <summary>A module with buffers of other dtypes beside its parameters.</summary>
    private sealed class Mixed : nn.Module<Tensor, Tensor>
    {
        private readonly TorchSharp.Modules.Linear inner;

        public Mixed(long input, long output)
            : base(nameof(Mixed))
        {
            inner = nn.Linear(input, output, device: CPU);
            register_buffer("count", tensor(3L, dtype: ScalarType.Int64, device: CPU).DetachFromDisposeScope());
            register_buffer("flags", zeros(output, dtype: ScalarType.Bool, device: CPU).DetachFromDisposeScope());
            RegisterComponents();
        }

        public override Tensor forward(Tensor input) => inner.call(input);
    }
}
