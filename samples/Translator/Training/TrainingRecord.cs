using TorchAttention;
using TorchSharp;
using Translator.Corpus;

namespace Translator.Training;

/// <summary>training.json: all that a training is, but for the numbers in its tensors.</summary>
/// <param name="Options">How it trains.</param>
/// <param name="Data">On what.</param>
/// <param name="DataSum">The <see cref="TrainingText.Checksum"/> of that.</param>
/// <param name="Saving">How often its state is saved.</param>
/// <param name="Computing">What the numbers depend on besides.</param>
/// <param name="Progress">How far it is.</param>
public sealed record TrainingRecord(
    TrainingOptions Options, TrainingData Data, string DataSum, Saving Saving, Computing Computing, TrainingProgress Progress)
{
    internal const string Name = "training.json";

    /// <summary>Whether the model at this moment is the best so far.</summary>
    internal bool IsBest => IsJudged && Progress is { BestScore: not null, EpochsSinceBest: 0 };

    /// <summary>The epoch that ends at this moment, or null within one.</summary>
    internal int? EndedEpoch => !IsJudged ? null : Progress.Batch == 0 ? Progress.Epoch - 1 : Progress.Epoch;

    private bool IsJudged => Progress.Step > 0 && Progress.JudgedStep == Progress.Step;

    internal void Write(string folder) => JsonFile.Write(Path.Combine(folder, Name), this);

    /// <summary>Reads and checks the one in a folder.</summary>
    /// <exception cref="InputException">It is damaged, or of a training that there cannot be.</exception>
    internal static TrainingRecord Read(string folder)
    {
        var path = Path.Combine(folder, Name);
        var record = JsonFile.Read<TrainingRecord>(path);
        var fault = record.Options.Fault() ?? record.Data.Fault() ?? record.Saving.Fault() ?? record.Computing.Fault() ?? record.Progress.Fault();
        return fault is null ? record : throw InputException.In(path, fault);
    }
}

/// <summary>What else decides the last bits of a result.</summary>
/// <param name="Threads">How many share the work, and so in which order sums are taken.</param>
/// <param name="MatmulPrecision">How exact float32 matrix products are.</param>
public sealed record Computing(int Threads, Float32MatmulPrecision MatmulPrecision)
{
    private const int MostThreads = 1024;

    /// <summary>Sets the process to it.</summary>
    /// <returns>False if this system has no precision to set.</returns>
    public bool Apply()
    {
        if (torch.get_num_threads() != Threads) torch.set_num_threads(Threads);
        return MatmulPrecision == Float32MatmulPrecision.highest || Runtime.SetFloat32MatmulPrecision(MatmulPrecision);
    }

    /// <summary>Why nothing can compute so, in a line, or null if something can.</summary>
    internal string? Fault() => Threads is < 1 or > MostThreads ? $"{Threads} threads do not compute" : null;
}
