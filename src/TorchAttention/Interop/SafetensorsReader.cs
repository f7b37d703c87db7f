using System.Text.Json;

namespace TorchAttention;

/// <summary>
/// Reads the header of a safetensors file and trusts nothing in it: every number is checked against the file before anything is
/// made of it, and what the format does not say is refused. Every rejection names the file, and the tensor if there is one.
/// </summary>
internal ref struct SafetensorsReader
{
    internal const string MetadataName = "__metadata__";

    /// <summary>The format's limit.</summary>
    internal const long LargestHeader = 100_000_000;

    /// <summary>What torch's operations take.</summary>
    internal const int LargestRank = 64;

    private readonly string path;
    private readonly Dictionary<string, string> metadata = [];
    private readonly Dictionary<string, SafetensorsEntry> entries = [];
    private Utf8JsonReader json;

    private SafetensorsReader(string path, ReadOnlySpan<byte> header)
    {
        this.path = path;
        // {"name": {"shape": [1]}} is as deep as a header goes.
        json = new Utf8JsonReader(header, new JsonReaderOptions { MaxDepth = 3 });
    }

    /// <summary>The tensors in the order of their data, and the metadata.</summary>
    /// <exception cref="InvalidDataException">The header is malformed, or does not fit data of this length.</exception>
    internal static (SafetensorsEntry[] Entries, Dictionary<string, string> Metadata) Read(
        string path, ReadOnlySpan<byte> header, long dataLength)
    {
        var reader = new SafetensorsReader(path, header);
        if (header is not [(byte)'{', ..]) throw reader.Malformed("the header does not begin with '{'");
        try
        {
            reader.ReadHeader();
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"{path}: the header is not the JSON of a safetensors file: {exception.Message}", exception);
        }
        SafetensorsEntry[] entries = [.. reader.entries.Values.OrderBy(entry => entry.Begin).ThenBy(entry => entry.End)];
        reader.CheckExtents(entries, dataLength);
        return (entries, reader.metadata);
    }

    private void ReadHeader()
    {
        json.Read(); // the opening brace
        var hasMetadata = false;
        while (ReadName() is { } name)
        {
            var isMetadata = name == MetadataName;
            if (isMetadata ? hasMetadata : entries.ContainsKey(name)) throw Malformed($"'{name}' is there twice");
            if (isMetadata) ReadMetadata();
            else entries.Add(name, ReadEntry(name));
            hasMetadata |= isMetadata;
        }
        json.Read(); // rejects all but white space at the end
    }

    private void ReadMetadata()
    {
        Expect(JsonTokenType.StartObject, MetadataName, "must be an object of texts");
        while (ReadName() is { } key)
        {
            Expect(JsonTokenType.String, MetadataName, $"'{key}' must be a text");
            if (!metadata.TryAdd(key, Text())) throw Malformed($"{MetadataName}: '{key}' is there twice");
        }
    }

    private SafetensorsEntry ReadEntry(string name)
    {
        Expect(JsonTokenType.StartObject, name, "must be an object of dtype, shape and data_offsets");
        string? dtype = null;
        long[]? shape = null, offsets = null;
        while (ReadName() is { } field)
        {
            if (field == "dtype" && dtype is null) dtype = ReadDType(name);
            else if (field == "shape" && shape is null) shape = ReadSizes(name, field, LargestRank);
            else if (field == "data_offsets" && offsets is null) offsets = ReadSizes(name, field, 2);
            else throw Malformed(name, $"'{field}' is unknown or there twice");
        }
        if (dtype is null || shape is null || offsets is not [var begin, var end])
            throw Malformed(name, "must have a dtype, a shape and two data_offsets");
        return new SafetensorsEntry(name, dtype, shape, begin, end);
    }

    private string ReadDType(string name)
    {
        Expect(JsonTokenType.String, name, "dtype must be a text");
        return Text();
    }

    private long[] ReadSizes(string name, string field, int most)
    {
        Expect(JsonTokenType.StartArray, name, $"{field} must be a list");
        var sizes = new List<long>();
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            if (json.TokenType != JsonTokenType.Number || !json.TryGetInt64(out var size) || size < 0)
                throw Malformed(name, $"{field} holds something else than integers from 0 to 2^63 - 1");
            if (sizes.Count == most) throw Malformed(name, $"{field} has more than {most} entries");
            sizes.Add(size);
        }
        return [.. sizes];
    }

    /// <summary>The tensors fill the data from its first byte to its last, one after the other, each with the bytes that its shape takes.</summary>
    private void CheckExtents(SafetensorsEntry[] ordered, long dataLength)
    {
        var due = 0L;
        foreach (var (name, dtype, shape, begin, end) in ordered)
        {
            if (begin != due || end < begin)
                throw Malformed(name, $"has bytes {begin} to {end} where those from {due} are due: tensors follow each other without a hole or an overlap");
            if (end > dataLength) throw Malformed(name, $"ends at byte {end}, but the file has {dataLength} bytes of data");
            if (SafetensorsDType.Of(dtype) is { } known && SafetensorsEntry.Bytes(shape, known.Size) is var needed && needed != end - begin)
                throw Malformed(name, $"{dtype} {Guard.Show(shape)} takes {needed?.ToString() ?? "more than 2^63"} bytes, but the header gives it {end - begin}");
            due = end;
        }
        if (due != dataLength) throw Malformed($"its tensors take {due} bytes, but the file has {dataLength} bytes of data");
    }

    /// <summary>The next name of the object that is being read, or null at its end.</summary>
    private string? ReadName()
    {
        json.Read();
        return json.TokenType == JsonTokenType.EndObject ? null : Text();
    }

    private readonly string Text()
    {
        try
        {
            return json.GetString()!;
        }
        catch (InvalidOperationException exception) // broken UTF-8, or half of a surrogate pair
        {
            throw new InvalidDataException($"{path}: the header holds a text that is not Unicode.", exception);
        }
    }

    /// <summary>Steps to what must be such a token.</summary>
    private void Expect(JsonTokenType token, string name, string what)
    {
        json.Read();
        if (json.TokenType != token) throw Malformed(name, what);
    }

    private readonly InvalidDataException Malformed(string what) => new($"{path}: {what}.");

    private readonly InvalidDataException Malformed(string name, string what) => Malformed($"'{name}': {what}");
}
