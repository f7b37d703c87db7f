using System.CommandLine;
using System.Numerics;
using Translator.Training;

namespace Translator.Cli;

/// <summary>train: a checkpoint from parallel text files.</summary>
internal static class TrainCommand
{
    internal static Command Create()
    {
        var command = new Command("train", "Trains a translator on parallel text. Ctrl+C stops it; resume goes on.");
        var training = new PairOptions(command, "--train-source", "--train-target", "--train-tsv", "to train on");
        var validation = new PairOptions(command, "--valid-source", "--valid-target", "--valid-tsv", "to choose the best epoch by");
        var output = new Option<string>("--output") { Description = "The folder to write.", Required = true, HelpName = "DIR" };
        var overwrite = new Option<bool>("--overwrite") { Description = "Replace the training that is in the folder." };
        var shape = new ShapeOptions(command);
        var epochs = Limit<int>("--epochs", "How often every pair is seen; no limit with --minutes.");
        var minutes = Options.Minutes();
        var seed = Options.Seed();
        var batchSize = Limit<int>("--batch-size", "Pairs per batch.");
        var batchTokens = Limit<int>("--batch-tokens", "Tokens per batch instead of pairs: of its longer side, padding counted.");
        var accumulate = Limit<int>("--accumulate", "Batches per step: as one so many times as large, in the memory of one.");
        var learningRate = Limit<double>("--learning-rate", "Adam's greatest step size.");
        var smoothing = new Option<double?>("--label-smoothing") { Description = "The share of probability spread over all words." }
            .Require(value => value is null or (>= 0 and < 1), "must be in [0, 1)");
        var guide = new Option<string?>("--guided-alignment") { Description = "Links of the words to train on, a line of i-j for every pair: the attention learns to look there.", HelpName = "FILE" };
        var guidance = Limit<double>("--alignment-weight", "What the attention's part counts in the loss when it is guided.");
        foreach (var option in (Option[])[
            output, overwrite, epochs, minutes, seed, batchSize, batchTokens, accumulate, learningRate, smoothing, guide, guidance])
            command.Add(option);
        var text = new CodecOptions(command, result => shape.Standard(result).Text);
        var filter = new FilterOptions(command, text);
        var saving = new SavingOptions(command);
        var tensorBoard = Options.TensorBoard();
        command.Add(tensorBoard);
        var session = new Session(command);
        command.SetAction(parsed =>
        {
            var computing = session.Start(parsed);
            var standard = shape.Standard(parsed.CommandResult).Training;
            var (pairs, model) = (training.Paths(parsed), shape.Model(parsed));
            if (parsed.GetValue(guide) is { } links) (pairs, model) = (pairs with { Links = links }, model.Guided());
            return Run(
                new Lesson(
                    filter.Data(parsed, pairs, validation.Paths(parsed)),
                    text.Learner(parsed),
                    model,
                    standard with
                    {
                        Epochs = parsed.GetValue(epochs) ?? (parsed.GetValue(minutes) is null ? standard.Epochs : TrainingOptions.NoLimit),
                        Minutes = parsed.GetValue(minutes),
                        BatchSize = parsed.GetValue(batchSize) ?? standard.BatchSize,
                        BatchTokens = parsed.GetValue(batchTokens) ?? (parsed.GetValue(batchSize) is null ? standard.BatchTokens : null),
                        Accumulation = parsed.GetValue(accumulate) ?? standard.Accumulation,
                        LearningRate = parsed.GetValue(learningRate) ?? standard.LearningRate,
                        LabelSmoothing = parsed.GetValue(smoothing) ?? standard.LabelSmoothing,
                        AlignmentWeight = parsed.GetValue(guidance) ?? standard.AlignmentWeight,
                        Seed = parsed.GetValue(seed),
                    },
                    saving.Saving(parsed), computing)
                { Events = parsed.GetValue(tensorBoard) },
                parsed.GetValue(output)!, parsed.GetValue(overwrite));
        });
        return command;
    }

    private static Option<T?> Limit<T>(string name, string description)
        where T : struct, INumber<T> =>
        new Option<T?>(name) { Description = description }.Require(value => value is null || value > T.Zero, "must be more than 0");

    private static int Run(Lesson lesson, string output, bool overwrite)
    {
        using var interrupt = new Interrupt();
        using var model = lesson.Train(output, overwrite, interrupt.Token).Model;
        return TrainingRun.Report(output, interrupt);
    }
}
