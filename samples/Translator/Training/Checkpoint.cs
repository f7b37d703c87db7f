using System.Text.Json;
using System.Text.Json.Serialization;
using TorchSharp;
using Translator.Corpus;
using Translator.Model;
using Translator.Text;

namespace Translator.Training;

/// <summary>
/// A model and how text becomes its tokens, as a folder: config.json, source.vocab and target.vocab with what
/// <see cref="TextCodec"/> puts beside them, weights.dat.
/// </summary>
public sealed record Checkpoint(TranslationModel Model, TextCodec Source, TextCodec Target)
{
    private const string ConfigName = "config.json";
    private const string WeightsName = "weights.dat";
    private const string SourceName = "source.vocab";
    private const string TargetName = "target.vocab";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        RespectNullableAnnotations = true,
        AllowOutOfOrderMetadataProperties = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
    };

    /// <summary>Says early, before hours of training, that a folder cannot be written as a checkpoint.</summary>
    /// <exception cref="InputException">It is a file, or a folder with something else in it.</exception>
    public static void RequireWritable(string folder)
    {
        if (File.Exists(folder)) throw InputException.In(folder, "is a file; the output is a folder");
        if (Directory.Exists(folder) && !IsCheckpoint(folder) && Directory.EnumerateFileSystemEntries(folder).Any())
            throw InputException.In(folder, "holds other files; name a new or empty folder, or a checkpoint to replace");
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(folder))!);
    }

    /// <summary>Writes the folder whole or not at all: into a temporary one beside it, which is then renamed.</summary>
    public void Save(string folder)
    {
        RequireWritable(folder);
        var target = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        var (fresh, old) = ($"{target}.new-{Guid.NewGuid():N}", $"{target}.old-{Guid.NewGuid():N}");
        try
        {
            Directory.CreateDirectory(fresh);
            File.WriteAllText(Path.Combine(fresh, ConfigName), JsonSerializer.Serialize(Model.Options, Json) + "\n");
            Source.Save(Path.Combine(fresh, SourceName));
            Target.Save(Path.Combine(fresh, TargetName));
            Model.save(Path.Combine(fresh, WeightsName));
            if (Directory.Exists(target)) Directory.Move(target, old);
            Directory.Move(fresh, target);
        }
        finally
        {
            if (Directory.Exists(fresh)) Directory.Delete(fresh, recursive: true);
            if (Directory.Exists(old)) Directory.Delete(old, recursive: true);
        }
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <exception cref="InputException">The folder is no checkpoint, or its files do not fit each other.</exception>
    public static Checkpoint Load(string folder)
    {
        if (!IsCheckpoint(folder)) throw InputException.In(folder, $"is not a model: it has no {ConfigName}");
        var source = TextCodec.Load(Path.Combine(folder, SourceName));
        var target = TextCodec.Load(Path.Combine(folder, TargetName));
        var model = TranslationModel.Create(ReadConfig(Path.Combine(folder, ConfigName), source, target));
        LoadWeights(model, Path.Combine(folder, WeightsName));
        return new Checkpoint(model, source, target);
    }

    private static bool IsCheckpoint(string folder) => File.Exists(Path.Combine(folder, ConfigName));

    private static ModelOptions ReadConfig(string path, TextCodec source, TextCodec target)
    {
        ModelOptions options;
        try
        {
            options = JsonSerializer.Deserialize<ModelOptions>(File.ReadAllBytes(path), Json) ?? throw new JsonException("it is null");
        }
        catch (JsonException error)
        {
            throw new InputException($"{path}:{(error.LineNumber ?? 0) + 1}: not a model's config: {error.Message.ReplaceLineEndings(" ")}", error);
        }
        catch (NotSupportedException error)
        {
            throw new InputException($"{path}: not a model's config: it names no kind of model, {string.Join(" or ", ModelOptions.Kinds)}", error);
        }
        if (options.Fault() is { } fault) throw InputException.In(path, fault);
        if (options.SourceWords != source.Count || options.TargetWords != target.Count)
            throw InputException.In(
                path, $"is for {options.SourceWords} and {options.TargetWords} words, but the vocabularies beside it have {source.Count} and {target.Count}");
        return options;
    }

    private static void LoadWeights(TranslationModel model, string path)
    {
        if (!File.Exists(path)) throw InputException.In(path, "no such file");
        // Names and sizes of the tensors take little beside their data; a length outside this cannot be these weights.
        var data = model.state_dict().Values.Sum(tensor => tensor.numel() * tensor.element_size());
        var length = new FileInfo(path).Length;
        if (length < data || length > data + (1 << 16))
            throw InputException.In(path, $"has {length} bytes, but the model in {ConfigName} needs {data}; it is damaged or another model's");
        try
        {
            model.load(path);
        }
        catch (Exception error) when (error is ArgumentException or FormatException or IOException or InvalidOperationException or IndexOutOfRangeException)
        {
            throw new InputException($"{path}: the weights do not fit the model in {ConfigName}: {error.Message.ReplaceLineEndings(" ")}", error);
        }
    }
}
