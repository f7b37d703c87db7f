using TorchSharp;
using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>How the tensors of a file fit those of a module.</summary>
internal sealed class ModuleFit
{
    /// <summary>Of a file of another module the first names tell enough.</summary>
    private const int MostNamed = 10;

    private readonly SafetensorsFile file;
    private readonly nn.Module module;
    private readonly Dictionary<string, Tensor> state;
    private readonly List<string> misfits = [];

    internal ModuleFit(SafetensorsFile file, nn.Module module, bool convert)
    {
        this.file = file;
        this.module = module;
        state = module.state_dict();
        foreach (var (name, tensor) in state)
        {
            if (tensor.device_type == DeviceType.META)
                throw new ArgumentException($"'{name}' of the module is on the meta device, where tensors hold no numbers.", nameof(module));
            if (file.Holds(name) && Misfit(name, tensor, convert) is { } misfit) misfits.Add(misfit);
        }
    }

    /// <summary>What the module has and the file lacks.</summary>
    internal string[] Missing => [.. state.Keys.Where(name => !file.Holds(name))];

    /// <summary>What the file has and the module lacks.</summary>
    internal string[] Unexpected => [.. file.Names.Where(name => !state.ContainsKey(name))];

    /// <summary>What speaks against filling the module, or null if nothing does.</summary>
    internal string? Objections(bool strict)
    {
        var lines = new List<string>();
        if (strict && Missing is { Length: > 0 } missing) lines.Add($"the file lacks {List(missing, ", ")}");
        if (strict && Unexpected is { Length: > 0 } unexpected) lines.Add($"the module lacks {List(unexpected, ", ")}");
        if (misfits.Count > 0) lines.Add(List(misfits, "; "));
        return lines.Count == 0 ? null : $"{module.GetName()} was not filled: {string.Join("; ", lines)}";
    }

    internal void Fill()
    {
        using var noGradient = no_grad();
        foreach (var (name, tensor) in state)
        {
            if (!file.Holds(name)) continue;
            using var numbers = file.Load(name);
            tensor.copy_(numbers);
        }
    }

    private static string List(IReadOnlyCollection<string> items, string separator) =>
        string.Join(separator, items.Take(MostNamed)) + (items.Count > MostNamed ? $" and {items.Count - MostNamed} more" : "");

    private string? Misfit(string name, Tensor tensor, bool convert)
    {
        var (shape, dtype) = (file.Shape(name), file.DType(name));
        if (!shape.SequenceEqual(tensor.shape)) return $"{name} is {Guard.Show(shape)} in the file and {Guard.Show(tensor.shape)} in the module";
        if (dtype is null) return $"{name} has dtype {file.DTypeName(name)}, which is none of torch's that the library reads";
        return dtype == tensor.dtype || convert
            ? null
            : $"{name} has dtype {dtype} in the file and {tensor.dtype} in the module (convert would accept that)";
    }
}
