using System.Globalization;
using TorchAttention;
using Translator.Batching;
using Translator.Corpus;
using Translator.Plots;
using Translator.Training;

namespace Translator.Cli;

/// <summary>A training from its beginning, or from where it was left, to its end: shown and saved as it goes.</summary>
internal sealed record TrainingRun(TrainingFolder Folder, Checkpoint Checkpoint, TrainingRecord Record, TrainingText Text)
{
    /// <summary>Batches differ in size, so kept memory gets holes; returning them this often bounds it.</summary>
    private const long TokensBetweenReleases = 1_000_000;

    /// <summary>Where events for TensorBoard are written, or null for nowhere.</summary>
    internal string? Events { get; init; }

    /// <summary>Trains.</summary>
    /// <param name="cancellation">Stops after the batch in hand; what was learnt is kept.</param>
    /// <param name="state">Where to go on; null for the beginning.</param>
    /// <returns>The best epoch's model.</returns>
    /// <exception cref="OperationCanceledException">It was stopped before there was one.</exception>
    internal Checkpoint Go(CancellationToken cancellation, TrainingState? state = null)
    {
        if (Record.Options.Precision == Precision.BFloat16 && !Learner.HasFastHalves)
            Console.Error.WriteLine("note: this CPU has no instructions for bfloat16; --precision float32 is faster");
        var (training, validation) = (Encode(Text.Training), Encode(Text.Validation));
        RequireShort(validation);
        if (state is null) Folder.Empty(); // not before: what the new training would be refused for must not cost an old one
        using var trainer = new Trainer(Checkpoint.Model, Record.Options) { Translate = Translator() };
        state?.Resume(trainer);
        if (trainer.IsFinished) Console.WriteLine("the training is at its end; with a new limit, as --epochs, it goes further");
        var log = Path.Combine(Folder.Folder, TrainingLog.Name);
        (state is null ? TrainingLog.Create(log) : TrainingLog.Continue(log, Record.Progress.Step)).Listen(trainer);
        if (Events is { } events) new TensorBoard(events).Listen(trainer);
        var saver = new TrainingSaver(Folder, Checkpoint, Record, trainer);
        saver.NotSaved += why => Console.Error.WriteLine($"warning: not saved, will be tried again: {why}");
        var (tokens, unreleased) = (training.Sum(pair => (long)pair.Source.Length + pair.Target.Length), 0L);
        trainer.BatchTrained += batch =>
        {
            if ((unreleased += tokens / batch.Batches) < TokensBetweenReleases) return;
            unreleased = 0;
            Runtime.ReleaseFreedMemory();
        };
        try
        {
            saver.Begin();
            TrainingDisplay.Show(trainer, () => trainer.Train(training, validation, cancellation));
            saver.End();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            var rest = TrainingFolder.Newest(Folder.Folder) is { } newest ? $"; what 'resume' goes on from is in {newest}" : "";
            throw new InputException($"the training cannot be saved: {error.Message}{rest}", error);
        }
        Draw(log);
        if (TrainingFolder.Best(Folder.Folder) is { } best) return Checkpoint.Load(best);
        if (cancellation.IsCancellationRequested) Console.WriteLine($"there is no model yet; {Stopped(Folder.Folder)}");
        cancellation.ThrowIfCancellationRequested();
        throw new InputException("the training gave no model: no epoch had a finite loss; try a lower --learning-rate");
    }

    /// <summary>The training is saved by now: a picture that cannot be is no reason to fail.</summary>
    private void Draw(string log)
    {
        // Stopped before the first lines, or what there was of it is gone.
        if (new FileInfo(log) is not { Exists: true, Length: > 0 }) return;
        try
        {
            var curve = new LearningCurve([(Path.GetFileName(Folder.Folder), TrainingLog.Read(log))]);
            var picture = Path.Combine(Folder.Folder, TrainingLog.PictureName);
            curve.SavePng(picture + ".png");
            curve.SaveSvg(picture + ".svg");
        }
        catch (Exception error) when (error is InputException or IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"warning: the learning curve cannot be drawn: {error.Message}");
        }
    }

    /// <summary>Says where the model is, and how to go on if the training was stopped.</summary>
    /// <returns>The command's exit code.</returns>
    internal static int Report(string folder, Interrupt interrupt)
    {
        Console.WriteLine($"the best model is in {folder}");
        if (!interrupt.Asked) return 0;
        Console.WriteLine(Stopped(folder));
        return CommandLine.Interrupted;
    }

    private static string Stopped(string folder) => $"the training was stopped; 'resume {folder}' goes on with it";

    private Func<CancellationToken, ValidationTranslations>? Translator() => Record.Options.ValidationTranslations is > 0 and var most
        ? new ValidationTranslator(Checkpoint, Text.Validation, most).Translate
        : null;

    /// <summary>Only now is it known how many pieces its words have; they can be many more than <see cref="TrainingReader"/> could count.</summary>
    private void RequireShort(EncodedPair[] validation)
    {
        if (Array.FindIndex(validation, pair => Longer(pair) > SentenceReader.MostTokens) is not (>= 0 and var at)) return;
        var begin = string.Concat(Text.Validation[at].Source.EnumerateRunes().Take(40));
        throw InputException.In(Record.Data.Validation.Open().Name, string.Create(CultureInfo.InvariantCulture,
            $"the pair that begins '{begin}' has {Longer(validation[at]):N0} tokens; a validation pair may have {SentenceReader.MostTokens:N0}"));
    }

    private static int Longer(EncodedPair pair) => Math.Max(pair.Source.Length, pair.Target.Length);

    private EncodedPair[] Encode(IReadOnlyList<SentencePair> pairs) =>
        [.. pairs.Select(new PairEncoder(Checkpoint.Source, Checkpoint.Target).Encode)];
}
