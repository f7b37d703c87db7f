using System.Buffers.Binary;
using System.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>Writes tensors as the format's reference implementation does, byte for byte: by dtype, the widest first, then by name.</summary>
internal sealed class SafetensorsWriter
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly (SafetensorsEntry Entry, Tensor Tensor)[] ordered;
    private readonly byte[] header;

    /// <param name="tensors">What to write; all is checked here.</param>
    /// <param name="metadata">Texts to write with them, or null.</param>
    /// <param name="argument">What the caller calls the tensors.</param>
    internal SafetensorsWriter(
        IEnumerable<(string Name, Tensor Tensor)> tensors, IReadOnlyDictionary<string, string>? metadata, string argument)
    {
        (string Name, Tensor Tensor)[] given = [.. tensors];
        var names = new HashSet<string>();
        foreach (var (name, tensor) in given)
            if (Defect(name, tensor, names) is { } defect) throw new ArgumentException(defect, argument);
        foreach (var (key, value) in metadata ?? new Dictionary<string, string>())
            if (!IsUnicode(key) || !IsUnicode(value)) throw new ArgumentException($"metadata '{key}' is null or no valid Unicode.", nameof(metadata));

        ordered = [.. Lay(given)];
        header = Header(metadata);
        if (header.Length > SafetensorsReader.LargestHeader)
            throw new ArgumentException($"The names and the metadata take {header.Length} bytes; the format allows {SafetensorsReader.LargestHeader}.", argument);
    }

    internal long Length => sizeof(long) + header.Length + (ordered.Length == 0 ? 0 : ordered[^1].Entry.End);

    internal void Write(Stream stream)
    {
        Span<byte> length = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        stream.Write(length);
        stream.Write(header);
        foreach (var (_, tensor) in ordered)
        {
            using var scope = NewDisposeScope();
            TensorBytes.ForEach(tensor.detach().cpu().resolve_neg().contiguous(), (piece, _) => stream.Write(piece));
        }
    }

    private static string? Defect(string? name, Tensor? tensor, HashSet<string> names) => (name, tensor) switch
    {
        (null, _) => "The name of a tensor is null.",
        (SafetensorsReader.MetadataName, _) => $"A tensor cannot be called '{name}': the format keeps that name for the metadata.",
        _ when !IsUnicode(name) => $"The name '{name}' is no valid Unicode.",
        _ when !names.Add(name) => $"There are two tensors called '{name}'.",
        (_, null) => $"The tensor '{name}' is null.",
        (_, { IsInvalid: true }) => $"The tensor '{name}' is disposed.",
        (_, { is_sparse: true }) => $"The tensor '{name}' is sparse; the format holds dense ones.",
        (_, { device_type: DeviceType.META }) => $"The tensor '{name}' is on the meta device, where tensors hold no numbers.",
        _ when SafetensorsDType.Of(tensor.dtype) is null => $"The tensor '{name}' has dtype {tensor.dtype}, which the format cannot hold.",
        _ => null,
    };

    private static IEnumerable<(SafetensorsEntry, Tensor)> Lay((string Name, Tensor Tensor)[] tensors)
    {
        var begin = 0L;
        var byName = Comparer<string>.Create((left, right) => Utf8.GetBytes(left).AsSpan().SequenceCompareTo(Utf8.GetBytes(right)));
        foreach (var (name, tensor) in tensors.OrderBy(item => SafetensorsDType.Of(item.Tensor.dtype)!.Rank).ThenBy(item => item.Name, byName))
        {
            var dtype = SafetensorsDType.Of(tensor.dtype)!;
            var end = checked(begin + tensor.numel() * dtype.Size);
            yield return (new SafetensorsEntry(name, dtype.Name, tensor.shape, begin, end), tensor);
            begin = end;
        }
    }

    /// <summary>The JSON, with spaces behind it up to a multiple of 8 bytes, so that the data is aligned.</summary>
    private byte[] Header(IReadOnlyDictionary<string, string>? metadata)
    {
        var fields = new List<string>();
        if (metadata is { Count: > 0 })
            fields.Add($"{Quote(SafetensorsReader.MetadataName)}:{{{string.Join(",", metadata.OrderBy(text => text.Key, StringComparer.Ordinal).Select(text => $"{Quote(text.Key)}:{Quote(text.Value)}"))}}}");
        fields.AddRange(ordered.Select(item => item.Entry).Select(entry =>
            $$"""{{Quote(entry.Name)}}:{"dtype":"{{entry.DType}}","shape":[{{string.Join(",", entry.Shape)}}],"data_offsets":[{{entry.Begin}},{{entry.End}}]}"""));
        var json = Utf8.GetBytes($"{{{string.Join(",", fields)}}}");
        return [.. json, .. Enumerable.Repeat((byte)' ', (8 - json.Length % 8) % 8)];
    }

    /// <summary>A JSON string in which only what must be escaped is.</summary>
    private static string Quote(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var letter in text)
        {
            quoted.Append(letter switch
            {
                '"' => "\\\"",
                '\\' => @"\\",
                '\b' => @"\b",
                '\f' => @"\f",
                '\n' => @"\n",
                '\r' => @"\r",
                '\t' => @"\t",
                < ' ' => $@"\u{(int)letter:x4}",
                _ => letter.ToString(),
            });
        }
        return quoted.Append('"').ToString();
    }

    private static bool IsUnicode(string? text)
    {
        try
        {
            return text is not null && Utf8.GetByteCount(text) >= 0;
        }
        catch (EncoderFallbackException)
        {
            return false;
        }
    }
}
