using TorchSharp;
using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>Saves and loads tensors in the safetensors format, in which PyTorch's users exchange weights.</summary>
/// <remarks>
/// <code>
/// 8 bytes   n, the size of the header, little-endian
/// n bytes   JSON: {"name": {"dtype": "F32", "shape": [3, 5], "data_offsets": [0, 60]}, …, "__metadata__": {"text": "text"}}
/// the rest  the numbers, row-major and little-endian, one tensor after the other without a hole
/// </code>
/// <para>
/// A file holds numbers and texts, no code: loading one runs nothing. Its header is checked in full before any of it is used. The
/// dtypes are Float64, Float32, Float16, BFloat16, Int64, Int32, Int16, Int8, Byte and Bool. Source: Hugging Face, safetensors (2022).
/// </para>
/// </remarks>
public static class Safetensors
{
    /// <summary>Writes tensors to a file, whole or not at all.</summary>
    /// <remarks>
    /// <para>
    /// A temporary file beside it is written, flushed to the disk and renamed: whatever happens before that, the file that was there
    /// stays. A process that is killed may leave its temporary file (the name, then .tmp at the end) behind. The bytes depend on
    /// names, numbers and metadata alone, not on the order in which they are given.
    /// </para>
    /// <para>
    /// Tensors may have any strides, be on any device and require gradients. Those that share memory are written in full each;
    /// that they shared is not kept.
    /// </para>
    /// </remarks>
    /// <param name="path">The file; if it exists, it is replaced.</param>
    /// <param name="tensors">The tensors and their names.</param>
    /// <param name="metadata">
    /// Texts to write with them; null for none. Hugging Face's transformers wants <c>format</c> to be <c>pt</c>.
    /// </param>
    /// <exception cref="ArgumentException">
    /// A tensor is null, disposed, sparse, on the meta device or of a dtype that the format lacks; a name is null, there twice, reserved
    /// or no valid Unicode; or the names and texts are too long for the format.
    /// </exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public static void Save(
        string path, IEnumerable<(string Name, Tensor Tensor)> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        Check(path);
        Write(path, new SafetensorsWriter(Guard.NotNull(tensors, nameof(tensors)), metadata, nameof(tensors)));
    }

    /// <summary>Writes the parameters and buffers of a module to a file, whole or not at all, under their names in its state_dict.</summary>
    /// <param name="path">The file; if it exists, it is replaced.</param>
    /// <param name="module">The module.</param>
    /// <param name="metadata">Texts to write with them; null for none.</param>
    /// <exception cref="ArgumentException">The module is disposed, or holds what the format does not.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public static void Save(string path, nn.Module module, IReadOnlyDictionary<string, string>? metadata = null)
    {
        Check(path);
        var state = Guard.Alive(module, nameof(module)).state_dict();
        Write(path, new SafetensorsWriter(state.Select(entry => (entry.Key, entry.Value)), metadata, nameof(module)));
    }

    /// <summary>Opens a file to look into it and to load tensors one by one.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The open file, to be disposed by the caller.</returns>
    /// <exception cref="InvalidDataException">It is no safetensors file, or a damaged one; the message says where.</exception>
    /// <exception cref="IOException">It cannot be read, for example because there is none.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static SafetensorsFile Open(string path)
    {
        Check(path);
        return new SafetensorsFile(path);
    }

    /// <summary>Fills the parameters and buffers of a module, in place, from a file.</summary>
    /// <remarks>Everything is compared first: where anything does not fit, nothing is changed, and one message names it, of much the first.</remarks>
    /// <param name="path">The file.</param>
    /// <param name="module">The module, on any device; names are those of its state_dict.</param>
    /// <param name="strict">False accepts tensors that only the file or only the module has.</param>
    /// <param name="convert">True accepts tensors of another dtype, and converts them to the module's.</param>
    /// <returns>The names that only the module has, and those that only the file has; none if strict.</returns>
    /// <exception cref="ArgumentException">The module is null, disposed or on the meta device.</exception>
    /// <exception cref="InvalidDataException">The file is damaged or does not fit the module.</exception>
    /// <exception cref="IOException">The file cannot be read, for example because there is none.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public static (IReadOnlyList<string> Missing, IReadOnlyList<string> Unexpected) Load(
        string path, nn.Module module, bool strict = true, bool convert = false)
    {
        Check(path);
        using var file = new SafetensorsFile(path);
        var fit = new ModuleFit(file, Guard.Alive(module, nameof(module)), convert);
        if (fit.Objections(strict) is { } objections) throw new InvalidDataException($"{path}: {objections}.");
        fit.Fill();
        return (fit.Missing, fit.Unexpected);
    }

    /// <summary>The format is little-endian, and numbers are copied as they are.</summary>
    internal static void RequireLittleEndian(bool isLittleEndian)
    {
        if (!isLittleEndian) throw new PlatformNotSupportedException("Safetensors files can be used on little-endian machines only.");
    }

    private static void Check(string path)
    {
        RequireLittleEndian(BitConverter.IsLittleEndian);
        ArgumentException.ThrowIfNullOrEmpty(path);
    }

    private static void Write(string path, SafetensorsWriter writer) => AtomicFile.Write(path, writer.Length, writer.Write);
}
