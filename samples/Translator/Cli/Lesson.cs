using TorchAttention;
using TorchSharp;
using Translator.Batching;
using Translator.Corpus;
using Translator.Model;
using Translator.Text;
using Translator.Training;

namespace Translator.Cli;

/// <summary>Text, a shape of model and a way of training: everything that leads to a checkpoint.</summary>
internal sealed record Lesson(
    IReadOnlyList<SentencePair> Training, IReadOnlyList<SentencePair> Validation, TextLearner Text, ModelOptions Shape, TrainingOptions Options)
{
    /// <summary>Batches differ in size, so kept memory gets holes; returning them this often bounds it.</summary>
    private const int StepsBetweenReleases = 50;

    /// <summary>Trains, showing progress; the result has the weights of the best epoch.</summary>
    /// <param name="folder">Where the checkpoint is written whenever it gets better.</param>
    /// <param name="cancellation">Stops after the batch in hand; what was learnt is kept.</param>
    internal Checkpoint Train(string folder, CancellationToken cancellation)
    {
        Checkpoint.RequireWritable(folder);
        var (source, target) = Text.Learn(Training);
        var shape = Shape with { SourceWords = source.Count, TargetWords = target.Count };
        if (shape.Fault() is { } fault) throw new InputException(fault);
        torch.random.manual_seed(Options.Seed);
        var model = TranslationModel.Create(shape);
        Console.WriteLine(
            $"{Training.Count:N0} pairs, {source.Count:N0} and {target.Count:N0} tokens, {model.parameters().Sum(weights => weights.numel()):N0} parameters, {shape.Describe()}");

        if (Options.Precision == Precision.BFloat16 && !HalfTwin.IsFast)
            Console.Error.WriteLine("note: this CPU has no instructions for bfloat16; --precision float32 is faster");

        var encoder = new PairEncoder(source, target);
        var checkpoint = new Checkpoint(model, source, target);
        using var trainer = new Trainer(model, Options)
        {
            Translate = Options.ValidationTranslations > 0 ? new ValidationTranslator(checkpoint, Validation, Options.ValidationTranslations).Translate : null,
        };
        var isSaved = false;
        trainer.EpochTrained += epoch =>
        {
            if (!epoch.IsBest) return;
            checkpoint.Save(folder);
            isSaved = true;
        };
        var steps = 0;
        trainer.BatchTrained += _ =>
        {
            if (++steps % StepsBetweenReleases == 0) Runtime.ReleaseFreedMemory();
        };
        TrainingDisplay.Show(trainer, () => trainer.Train([.. Training.Select(encoder.Encode)], [.. Validation.Select(encoder.Encode)], cancellation));
        if (!isSaved) throw new InputException("the training gave no model: no epoch had a finite loss; try a lower --learning-rate");
        return Checkpoint.Load(folder);
    }
}
