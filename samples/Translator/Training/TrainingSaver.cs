using System.Diagnostics;

namespace Translator.Training;

/// <summary>Saves a training as it goes: every so often, after each epoch, and when it is stopped.</summary>
/// <remarks>
/// Where the disk is full within an epoch, the training goes on and will try again: nothing is lost yet. After an epoch that is the
/// best so far it stops, because going on would lose that model; what was saved last is whole and can be resumed from.
/// </remarks>
internal sealed class TrainingSaver
{
    private readonly TrainingFolder folder;
    private readonly Checkpoint checkpoint;
    private readonly TrainingRecord start;
    private readonly Trainer trainer;
    private readonly Stopwatch sinceSaved = Stopwatch.StartNew();
    private long steps;
    private bool isBehind;

    /// <summary>Listens to a trainer.</summary>
    /// <param name="folder">Where to save.</param>
    /// <param name="checkpoint">The model that is trained.</param>
    /// <param name="start">What training it is.</param>
    /// <param name="trainer">The trainer.</param>
    internal TrainingSaver(TrainingFolder folder, Checkpoint checkpoint, TrainingRecord start, Trainer trainer)
    {
        (this.folder, this.checkpoint, this.start, this.trainer) = (folder, checkpoint, start, trainer);
        trainer.BatchTrained += batch =>
        {
            steps++;
            // The epoch's end is saved when it has been judged.
            if (batch.Batch < batch.Batches && IsDue) TrySave();
        };
        trainer.EpochTrained += epoch =>
        {
            if (epoch.IsBest) SaveBest();
            else TrySave();
        };
    }

    /// <summary>Raised with the reason when a state could not be saved and the training goes on.</summary>
    internal event Action<string>? NotSaved;

    private bool IsDue => steps >= start.Saving.Steps || sinceSaved.Elapsed.TotalMinutes >= start.Saving.Minutes;

    private TrainingRecord Record => start with { Progress = trainer.Progress };

    /// <summary>Saves the start, so that there is something to resume from and a disk that refuses does so at once; or catches up with a state.</summary>
    internal void Begin()
    {
        if (start.Progress.Step == 0) Save();
        else if (start.IsBest) SaveBest();
    }

    /// <summary>Makes up for what could not be saved.</summary>
    internal void End()
    {
        if (isBehind) Save();
    }

    private void SaveBest()
    {
        Save();
        folder.SaveBest(trainer.Progress.Step, checkpoint.Write);
    }

    private void TrySave()
    {
        try
        {
            Save();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            (isBehind, steps) = (true, 0);
            sinceSaved.Restart();
            NotSaved?.Invoke(error.Message);
        }
    }

    private void Save()
    {
        var record = Record;
        folder.SaveState(
            record.Progress.Step, record.EndedEpoch, path => TrainingState.Write(path, checkpoint, record, trainer), start.Saving.Keep);
        (isBehind, steps) = (false, 0);
        sinceSaved.Restart();
    }
}
