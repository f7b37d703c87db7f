using System.Reflection;
using System.Text.Json.Serialization;
using TorchAttention;
using Translator.Corpus;
using Translator.Model;

namespace Translator.Training;

/// <summary>config.json: what a checkpoint is of.</summary>
/// <param name="Format">Of the folder; another one is refused.</param>
/// <param name="WrittenBy">The library's version that wrote it, for people to know.</param>
/// <param name="Model">The model's shape.</param>
internal sealed record CheckpointConfig(int Format, string WrittenBy, ModelOptions Model)
{
    internal const string Name = "config.json";

    private const int Current = 1;

    /// <summary>Of a checkpoint that is written now.</summary>
    internal static CheckpointConfig Of(ModelOptions model) => new(Current, Version(), model);

    /// <summary>Reads and checks the one in a folder.</summary>
    /// <exception cref="InputException">It is no config, of another format, or of a model that there cannot be.</exception>
    internal static CheckpointConfig Read(string folder)
    {
        var path = Path.Combine(folder, Name);
        // The format first: only of this one is it known what else there is.
        var format = JsonFile.Read<AnyFormat>(path).Format;
        if (format != Current) throw InputException.In(path, $"has format {format}; this program reads format {Current}");
        var config = JsonFile.Read<CheckpointConfig>(path);
        if (config.Model.Fault() is { } fault) throw InputException.In(path, fault);
        return config;
    }

    /// <summary>Without what a build adds of the source's commit.</summary>
    private static string Version() =>
        typeof(Attention).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "";

    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Skip)]
    private sealed record AnyFormat(int Format);
}
