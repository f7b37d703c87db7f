using TorchSharp;
using Translator.Corpus;
using Translator.Model;
using Translator.Text;
using Translator.Training;

namespace Translator.Cli;

/// <summary>Text, a shape of model and a way of training: everything that leads to a checkpoint.</summary>
internal sealed record Lesson(
    TrainingData Data, TextLearner Text, ModelOptions Shape, TrainingOptions Options, Saving Saving, Computing Computing)
{
    /// <summary>Where events for TensorBoard are written, or null for nowhere.</summary>
    internal string? Events { get; init; }

    /// <summary>Trains, showing progress; the result is the best epoch's model.</summary>
    /// <param name="folder">Where the training is saved.</param>
    /// <param name="overwrite">Whether a training that is there is replaced.</param>
    /// <param name="cancellation">Stops after the batch in hand; what was learnt is kept.</param>
    internal Checkpoint Train(string folder, bool overwrite, CancellationToken cancellation)
    {
        // What resume would refuse is not begun.
        if ((Options.Fault() ?? Data.Fault() ?? Saving.Fault() ?? Computing.Fault()) is { } wrong) throw new InputException(wrong);
        TrainingFolder.RequireWritable(folder, overwrite);
        var text = TrainingReader.Read(Data, Text.Source, Text.Target);
        using var states = TrainingFolder.Create(folder, overwrite);
        var (source, target) = Text.Learn(text.Training, cancellation);
        var shape = Shape with { SourceWords = source.Count, TargetWords = target.Count };
        if (shape.Fault() is { } fault) throw new InputException(fault);
        if (shape is TransformerModelOptions { Tying: EmbeddingTying.All } && !source.SharesVocabularyWith(target))
            throw new InputException("one table of word vectors needs a joint vocabulary: --joint, or --tie target");
        torch.random.manual_seed(Options.Seed);
        using var model = TranslationModel.Create(shape);
        Console.WriteLine(
            $"{text.Training.Count:N0} pairs, {source.Count:N0} and {target.Count:N0} tokens, {model.parameters().Sum(weights => weights.numel()):N0} parameters, {shape.Describe()}");

        var data = Data with { Training = Data.Training.Whole(), Validation = Data.Validation.Whole() };
        var record = new TrainingRecord(Options, data, text.Checksum(), Saving, Computing, new TrainingProgress());
        return new TrainingRun(states, new Checkpoint(model, source, target), record, text) { Events = Events }.Go(cancellation);
    }
}
