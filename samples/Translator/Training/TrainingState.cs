using System.Runtime.InteropServices;
using TorchAttention;
using TorchSharp;
using Translator.Corpus;
using static TorchSharp.torch;

namespace Translator.Training;

/// <summary>
/// A training at one moment, as a folder: a <see cref="Checkpoint"/> with training.json and optimizer.safetensors beside it. A training
/// that goes on from it makes the same steps as the one that wrote it, bit for bit.
/// </summary>
public sealed class TrainingState
{
    private const string OptimizerName = "optimizer.safetensors";

    private readonly string folder;

    private TrainingState(string folder, Checkpoint checkpoint, TrainingRecord record) =>
        (this.folder, Checkpoint, Record) = (folder, checkpoint, record);

    /// <summary>The model with the weights of that moment.</summary>
    public Checkpoint Checkpoint { get; }

    /// <summary>What training it is, and how far.</summary>
    public TrainingRecord Record { get; }

    /// <summary>Reads all but the optimizer's memory.</summary>
    /// <exception cref="InputException">A file is missing or damaged; the message names it.</exception>
    public static TrainingState Read(string folder)
    {
        var names = Checkpoint.RequireFiles(folder);
        foreach (var name in (string[])[TrainingRecord.Name, OptimizerName])
            if (!names.Contains(name)) throw InputException.In(Path.Combine(folder, name), $"no such file: {folder} is of a model alone, not of a training");
        var record = TrainingRecord.Read(folder);
        return new TrainingState(folder, Checkpoint.Read(folder), record);
    }

    /// <summary>Writes the files into an empty folder.</summary>
    internal static void Write(string folder, Checkpoint checkpoint, TrainingRecord record, Trainer trainer)
    {
        checkpoint.Write(folder);
        record.Write(folder);
        Safetensors.Save(Path.Combine(folder, OptimizerName), trainer.State.Select(named => (named.Key, named.Value)));
    }

    /// <summary>Sets a trainer of this model, and torch's generator, to that moment.</summary>
    /// <exception cref="InputException">The optimizer's memory or the generator's state is none of this training.</exception>
    internal void Resume(Trainer trainer)
    {
        using var scope = NewDisposeScope();
        var path = Path.Combine(folder, OptimizerName);
        try
        {
            using var file = Safetensors.Open(path);
            foreach (var (name, tensor) in trainer.State)
                if (file.Names.Contains(name) && file.DType(name) != tensor.dtype) throw new InvalidDataException($"{path}: {name} is not of {tensor.dtype}");
            trainer.Resume(Record.Progress, file.Names.ToDictionary(name => name, name => file.Load(name)));
        }
        catch (Exception error) when (error is InvalidDataException or ArgumentException or ExternalException)
        {
            throw new InputException($"{path}: does not fit the training: {error.Message.ReplaceLineEndings(" ")}", error);
        }
    }
}
