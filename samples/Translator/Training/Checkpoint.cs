using TorchAttention;
using TorchSharp;
using Translator.Corpus;
using Translator.Model;
using Translator.Text;

namespace Translator.Training;

/// <summary>
/// A model and how text becomes its tokens, as a <see cref="SealedFolder"/>: config.json, weights.safetensors, source.vocab and
/// target.vocab with what <see cref="TextCodec"/> puts beside them.
/// </summary>
public sealed record Checkpoint(TranslationModel Model, TextCodec Source, TextCodec Target)
{
    internal const string WeightsName = "weights.safetensors";
    private const string SourceName = "source.vocab";
    private const string TargetName = "target.vocab";

    /// <summary>What an earlier version, which was never released, wrote.</summary>
    private const string FormerWeightsName = "weights.dat";

    private static readonly string[] Required = [CheckpointConfig.Name, WeightsName, SourceName, TargetName];

    /// <summary>Writes the folder whole or not at all.</summary>
    /// <param name="folder">A new or an empty one: what is there is never replaced.</param>
    /// <exception cref="InputException">There is something in it.</exception>
    public void Save(string folder)
    {
        RequireNew(folder);
        SealedFolder.Write(folder, Write);
    }

    /// <summary>Says early, before the work, that a folder cannot be written by <see cref="Save"/>.</summary>
    /// <exception cref="InputException">It is a file or no name, or there is something in it.</exception>
    public static void RequireNew(string folder)
    {
        PathName.Require(folder);
        if (File.Exists(folder)) throw InputException.In(folder, "is a file; the output is a folder");
        if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any())
            throw InputException.In(folder, "has something in it; name a new folder, or remove this one first");
        Directory.CreateDirectory(Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)))!);
    }

    /// <summary>Reads what <see cref="Save"/> wrote, or the best model of a training.</summary>
    /// <exception cref="InputException">The folder holds no model, or a file in it is damaged; the message names it.</exception>
    public static Checkpoint Load(string folder)
    {
        var checkpoint = Find(folder);
        RequireFiles(checkpoint);
        return Read(checkpoint);
    }

    /// <summary>The checkpoint that a folder is, or the best one of the training that it is of.</summary>
    /// <exception cref="InputException">It is neither.</exception>
    internal static string Find(string folder)
    {
        if (File.Exists(Path.Combine(folder, SealedFolder.SumsName))) return folder;
        if (TrainingFolder.Best(folder) is { } best) return best;
        throw InputException.In(folder, TrainingFolder.Newest(folder) is { } newest
            ? $"has no best model yet; its newest is in {newest}"
            : File.Exists(Path.Combine(folder, FormerWeightsName))
            ? $"holds a model in the form of an earlier version ({FormerWeightsName}), which is not read any more; train it again"
            : File.Exists(folder) ? "is a file; a model is a folder"
            : Directory.Exists(folder) ? $"is not a model: it has no {SealedFolder.SumsName}"
            : "no such folder");
    }

    /// <summary>Checks every file of a checkpoint, and that those of a model are there.</summary>
    internal static IReadOnlySet<string> RequireFiles(string checkpoint)
    {
        var names = SealedFolder.Verify(checkpoint);
        if (Array.Find(Required, name => !names.Contains(name)) is { } missing)
            throw InputException.In(Path.Combine(checkpoint, missing), $"is not in {SealedFolder.SumsName}");
        return names;
    }

    /// <summary>Writes the files into an empty folder.</summary>
    internal void Write(string folder)
    {
        JsonFile.Write(Path.Combine(folder, CheckpointConfig.Name), CheckpointConfig.Of(Model.Options));
        Source.Save(Path.Combine(folder, SourceName));
        Target.Save(Path.Combine(folder, TargetName));
        Safetensors.Save(Path.Combine(folder, WeightsName), Model);
    }

    /// <summary>Reads the files that <see cref="RequireFiles"/> found whole.</summary>
    internal static Checkpoint Read(string folder)
    {
        var options = CheckpointConfig.Read(folder).Model;
        var (source, target) = ReadText(folder);
        if (options.SourceWords != source.Count || options.TargetWords != target.Count)
            throw InputException.In(
                Path.Combine(folder, CheckpointConfig.Name),
                $"is for {options.SourceWords} and {options.TargetWords} words, but the vocabularies beside it have {source.Count} and {target.Count}");
        return new Checkpoint(ReadModel(options, Path.Combine(folder, WeightsName)), source, target);
    }

    /// <summary>How many weights a checkpoint has; none of them is read.</summary>
    internal static long CountWeights(string folder) => Trusting(() =>
    {
        using var file = Safetensors.Open(Path.Combine(folder, WeightsName));
        return file.Names.Sum(name => file.Shape(name).Aggregate(1L, (product, size) => product * size));
    });

    internal static (TextCodec Source, TextCodec Target) ReadText(string folder) =>
        (TextCodec.Load(Path.Combine(folder, SourceName)), TextCodec.Load(Path.Combine(folder, TargetName)));

    private static TranslationModel ReadModel(ModelOptions options, string path)
    {
        var weights = new FileInfo(path).Length / sizeof(float);
        if (weights < options.LeastWeights())
            throw InputException.In(path, $"has at most {weights:N0} weights; the model in {CheckpointConfig.Name} has at least {options.LeastWeights():N0}");
        var model = TranslationModel.Create(options);
        try
        {
            return Trusting(() =>
            {
                Safetensors.Load(path, model);
                return model;
            });
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>Runs what finds a tensor file damaged, and says so as of any other input.</summary>
    private static T Trusting<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (InvalidDataException error)
        {
            throw new InputException(error.Message.ReplaceLineEndings(" "), error);
        }
    }
}
