using System.Text.Json;
using System.Text.Json.Serialization;
using Translator.Corpus;

namespace Translator.Training;

/// <summary>A value as a file of JSON, read strictly: what is unknown, missing or there twice is a fault.</summary>
internal static class JsonFile
{
    /// <summary>A larger one is no file of options.</summary>
    private const long Largest = 1 << 20;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerOptions.Strict)
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
        AllowOutOfOrderMetadataProperties = true,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
    };

    internal static void Write<T>(string path, T value) => File.WriteAllText(path, JsonSerializer.Serialize(value, Json) + "\n");

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="InputException">It is no such value; the message names the file and the line.</exception>
    internal static T Read<T>(string path)
        where T : class
    {
        var file = new FileInfo(path);
        if (!file.Exists) throw InputException.In(path, Directory.Exists(path) ? "is a folder, not a file" : "no such file");
        if (file.Length > Largest) throw InputException.In(path, $"has {file.Length:N0} bytes, which is too long for a file of options");
        try
        {
            return JsonSerializer.Deserialize<T>(File.ReadAllBytes(path), Json) ?? throw new JsonException("it is null");
        }
        catch (JsonException error)
        {
            throw new InputException($"{path}:{(error.LineNumber ?? 0) + 1}: {error.Message.ReplaceLineEndings(" ")}", error);
        }
        catch (NotSupportedException error) // an abstract type without the name of its kind
        {
            throw new InputException($"{path}: it does not say what kind of model it is for", error);
        }
    }
}
