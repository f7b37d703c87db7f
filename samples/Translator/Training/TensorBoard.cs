using TorchSharp.Modules;
using Translator.Corpus;
using static TorchSharp.torch.utils;

namespace Translator.Training;

/// <summary>Events for TensorBoard: losses, BLEU, learning rate, gradient norm and speed, over the steps.</summary>
/// <remarks>A training that goes on writes another file into the same folder, which TensorBoard shows as one curve.</remarks>
public sealed class TensorBoard
{
    private readonly SummaryWriter writer;
    private bool isFull;

    /// <summary>Begins a file of events in a folder, which is made if need be.</summary>
    public TensorBoard(string folder)
    {
        PathName.Require(folder);
        Directory.CreateDirectory(folder);
        writer = tensorboard.SummaryWriter(folder);
    }

    /// <summary>Writes what a trainer tells.</summary>
    public void Listen(Trainer trainer)
    {
        ArgumentNullException.ThrowIfNull(trainer);
        trainer.BatchTrained += batch =>
        {
            if (batch.Step % TrainingLog.Interval == 0) Add(batch);
        };
        trainer.EpochTrained += Add;
    }

    private void Add(BatchTrained batch)
    {
        Add("loss/training", batch.Step, batch.Loss);
        Add("training/learning rate", batch.Step, batch.LearningRate);
        Add("training/gradient norm", batch.Step, batch.GradientNorm);
        Add("training/tokens per second", batch.Step, batch.TokensPerSecond);
    }

    private void Add(EpochTrained epoch)
    {
        Add("loss/validation", epoch.Step, epoch.ValidationLoss);
        if (epoch.Translations?.Bleu is { } bleu) Add("validation/BLEU", epoch.Step, bleu);
    }

    /// <summary>An event that the disk does not take is the last: after half of one TensorBoard reads no further.</summary>
    private void Add(string tag, long step, double value)
    {
        if (isFull) return;
        try
        {
            writer.add_scalar(tag, (float)value, checked((int)step));
        }
        catch (IOException)
        {
            isFull = true;
        }
    }
}
