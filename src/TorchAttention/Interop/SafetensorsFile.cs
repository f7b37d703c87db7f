using System.Buffers.Binary;
using System.IO.MemoryMappedFiles;
using Microsoft.Win32.SafeHandles;
using TorchSharp;
using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>An open safetensors file, mapped into memory: what it holds is known at once, and each tensor is read when it is asked for.</summary>
/// <remarks>
/// <para>
/// Made by <see cref="Safetensors.Open"/>, which has checked the whole header, so that nothing outside the file is ever read.
/// Several threads may load at the same time.
/// </para>
/// <para>
/// A file that is replaced while it is open, as <see cref="Safetensors.Save(string, nn.Module, IReadOnlyDictionary{string, string})"/>
/// does it, stays what it was for those that have it open; Windows refuses to replace it. One that another program makes shorter in
/// place, which Windows refuses too, is noticed by <see cref="Load"/> before each piece of 16 MB that it copies; if that happens in the
/// middle of a piece, the system ends the process, as it does for every mapped file.
/// </para>
/// </remarks>
public sealed unsafe class SafetensorsFile : IDisposable
{
    private readonly string path;
    private readonly long length;
    private readonly SafeFileHandle handle;
    private readonly MemoryMappedFile? map;
    private readonly MemoryMappedViewAccessor? view;
    private readonly long dataStart;
    private readonly Dictionary<string, SafetensorsEntry> entries;

    internal SafetensorsFile(string path)
    {
        this.path = path;
        if (Directory.Exists(path)) throw new IOException($"{path} is a directory, not a safetensors file.");
        // Deleting is allowed to others, and so is putting another file in its place.
        handle = File.OpenHandle(path, share: FileShare.Read | FileShare.Delete);
        try
        {
            length = RandomAccess.GetLength(handle);
            if (length < sizeof(long)) throw Invalid($"has {length} bytes; a safetensors file has at least {sizeof(long)}");
            map = MemoryMappedFile.CreateFromFile(handle, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
            view = map.CreateViewAccessor(0, length, MemoryMappedFileAccess.Read);
            (dataStart, var ordered, Metadata) = ReadHeader();
            Names = [.. ordered.Select(entry => entry.Name)];
            entries = ordered.ToDictionary(entry => entry.Name);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The names of the tensors, in the order of their data.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>The texts that were saved with the tensors; empty where there are none.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>The shape of a tensor.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <returns>Its sizes; none for a single number.</returns>
    /// <exception cref="ArgumentException">The file has no tensor of that name.</exception>
    public IReadOnlyList<long> Shape(string name) => [.. Entry(name).Shape];

    /// <summary>The dtype of a tensor.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <returns>The dtype, or null where torch has none for it, such as an 8-bit float: that tensor cannot be loaded.</returns>
    /// <exception cref="ArgumentException">The file has no tensor of that name.</exception>
    public ScalarType? DType(string name) => SafetensorsDType.Of(Entry(name).DType)?.DType;

    /// <summary>Copies a tensor out of the file.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="device">Where to; null for the CPU.</param>
    /// <returns>A contiguous tensor without gradient that needs the file no longer.</returns>
    /// <exception cref="ArgumentException">The file has no tensor of that name, or the device is the meta device.</exception>
    /// <exception cref="InvalidDataException">Torch has no such dtype, or the file has become shorter.</exception>
    /// <exception cref="ObjectDisposedException">The file was closed.</exception>
    public Tensor Load(string name, Device? device = null)
    {
        var entry = Entry(name);
        if (device?.type == DeviceType.META)
            throw new ArgumentException("A tensor on the meta device holds no numbers; nothing can be loaded there.", nameof(device));
        if (SafetensorsDType.Of(entry.DType) is not { } known)
            throw Invalid($"holds '{name}' with dtype {entry.DType}, which is none of torch's that the library reads");

        using var scope = NewDisposeScope();
        // Torch takes any byte of a bool for granted to be 0 or 1: a file's bytes are made so.
        var isBool = known.DType == ScalarType.Bool;
        var tensor = empty(entry.Shape, dtype: isBool ? ScalarType.Byte : known.DType, device: CPU);
        Copy(entry, tensor);
        if (isBool) tensor = tensor.to(ScalarType.Bool);
        return (device is null ? tensor : tensor.to(device)).MoveToOuterDisposeScope();
    }

    /// <summary>Closes the file. Tensors that were loaded stay.</summary>
    public void Dispose()
    {
        view?.Dispose();
        map?.Dispose();
        handle.Dispose();
    }

    internal bool Holds(string name) => entries.ContainsKey(name);

    /// <summary>The format's word for a tensor's dtype.</summary>
    internal string DTypeName(string name) => Entry(name).DType;

    private (long DataStart, SafetensorsEntry[] Entries, Dictionary<string, string> Metadata) ReadHeader()
    {
        byte* start = null;
        view!.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        try
        {
            var size = BinaryPrimitives.ReadUInt64LittleEndian(new ReadOnlySpan<byte>(start, sizeof(long)));
            if (size > SafetensorsReader.LargestHeader)
                throw Invalid($"claims a header of {size} bytes; the format allows {SafetensorsReader.LargestHeader}");
            var dataStart = sizeof(long) + (long)size;
            if (dataStart > length) throw Invalid($"claims a header of {size} bytes, but has {length} in all");
            var (entries, metadata) = SafetensorsReader.Read(path, new ReadOnlySpan<byte>(start + sizeof(long), (int)size), length - dataStart);
            return (dataStart, entries, metadata);
        }
        finally
        {
            view.SafeMemoryMappedViewHandle.ReleasePointer();
        }
    }

    private void Copy(SafetensorsEntry entry, Tensor tensor)
    {
        byte* start = null;
        // Until it is released, the mapping stays, even if another thread disposes this object.
        view!.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        try
        {
            var source = start + dataStart + entry.Begin;
            TensorBytes.ForEach(tensor, (piece, offset) =>
            {
                if (RandomAccess.GetLength(handle) < length) throw Invalid($"has become shorter than its {length} bytes; '{entry.Name}' cannot be loaded");
                new ReadOnlySpan<byte>(source + offset, piece.Length).CopyTo(piece);
            });
        }
        finally
        {
            view.SafeMemoryMappedViewHandle.ReleasePointer();
        }
    }

    private SafetensorsEntry Entry(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return entries.TryGetValue(name, out var entry)
            ? entry
            : throw new ArgumentException($"{path} holds no tensor called '{name}'.", nameof(name));
    }

    private InvalidDataException Invalid(string what) => new($"{path} {what}.");
}
