using System.CommandLine;
using System.Globalization;
using Translator.Corpus;
using Translator.Training;

namespace Translator.Cli;

/// <summary>train: a checkpoint from parallel text files.</summary>
internal static class TrainCommand
{
    /// <summary>How often every pair is seen where neither --epochs nor --minutes is given.</summary>
    private const int DefaultEpochs = 10;

    internal static Command Create()
    {
        var command = new Command("train", "Trains a translator on parallel text. Ctrl+C stops it and keeps the best model so far.");
        var training = new PairOptions(command, "--train-source", "--train-target", "--train-tsv", "to train on");
        var validation = new PairOptions(command, "--valid-source", "--valid-target", "--valid-tsv", "to choose the best epoch by");
        var output = new Option<string>("--output") { Description = "The folder to write.", Required = true, HelpName = "DIR" };
        var attention = Options.Attention();
        var epochs = new Option<int?>("--epochs") { Description = $"How often every pair is seen; {DefaultEpochs}, or no limit with --minutes." }
            .Require(value => value is null or > 0, "must be at least 1");
        var minutes = Options.Minutes();
        var seed = Options.Seed();
        var batchSize = Options.Number("--batch-size", "Pairs per batch.", 64, value => value > 0, "must be at least 1");
        var batchTokens = new Option<int?>("--batch-tokens") { Description = "Tokens per batch instead of pairs: of its longer side, padding counted." }
            .Require(value => value is null or > 0, "must be at least 1");
        var accumulate = Options.Number("--accumulate", "Batches per step: as one so many times as large, in the memory of one.", 1, value => value > 0, "must be at least 1");
        var learningRate = Options.Number("--learning-rate", "Adam's greatest step size.", 1e-3, value => value > 0, "must be more than 0");
        var embedding = Options.Number("--embedding", "The size of a word vector.", 256L, value => value > 0, "must be at least 1");
        var hidden = Options.Number("--hidden", "The size of a recurrent state.", 256L, value => value > 0 && value % 2 == 0, "must be even and at least 2");
        var dropout = Options.Number("--dropout", "The share of inputs dropped in training.", 0.3, value => value is >= 0 and < 1, "must be in [0, 1)");
        var smoothing = Options.Number("--label-smoothing", "The share of probability spread over all words.", 0.1, value => value is >= 0 and < 1, "must be in [0, 1)");
        foreach (var option in (Option[])[
            output, attention, epochs, minutes, seed, batchSize, batchTokens, accumulate, learningRate, embedding, hidden, dropout, smoothing])
            command.Add(option);
        var text = new CodecOptions(command);
        var filter = new FilterOptions(command, text);
        var session = new Session(command);
        command.SetAction(parsed =>
        {
            session.Start(parsed);
            var limit = parsed.GetValue(epochs) ?? (parsed.GetValue(minutes) is null ? DefaultEpochs : TrainingOptions.NoLimit);
            return Run(
                new Lesson(
                    Read(training.Files(parsed), filter.Filter(parsed)),
                    ParallelCorpus.Read(validation.Files(parsed)).Pairs,
                    text.Learner(parsed),
                    new ModelShape(
                        parsed.GetValue(attention)!, parsed.GetValue(embedding), parsed.GetValue(hidden), parsed.GetValue(dropout)),
                    new TrainingOptions
                    {
                        Epochs = limit,
                        Minutes = parsed.GetValue(minutes),
                        BatchSize = parsed.GetValue(batchSize),
                        BatchTokens = parsed.GetValue(batchTokens),
                        Accumulation = parsed.GetValue(accumulate),
                        LearningRate = parsed.GetValue(learningRate),
                        LabelSmoothing = parsed.GetValue(smoothing),
                        Seed = parsed.GetValue(seed),
                    }),
                parsed.GetValue(output)!);
        });
        return command;
    }

    private static int Run(Lesson lesson, string output)
    {
        using var interrupt = new Interrupt();
        lesson.Train(output, interrupt.Token);
        Console.WriteLine($"the best model is in {output}");
        return interrupt.Asked ? CommandLine.Interrupted : 0;
    }

    private static IReadOnlyList<SentencePair> Read(IPairFiles files, LengthFilter filter)
    {
        var corpus = ParallelCorpus.Read(files);
        var kept = filter.Apply(corpus.Pairs);
        if (corpus.Skipped + kept.TooLong + kept.TooUneven > 0)
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{files.Name}: left out {corpus.Skipped:N0} pairs with a blank side, {kept.TooLong:N0} with more than {filter.MaxLength} words and {kept.TooUneven:N0} with one side more than {filter.MaxRatio} times as long as the other"));
        return kept.Pairs.Count > 0 ? kept.Pairs : throw InputException.In(files.Name, "no pair is left to train on; --max-words and --max-ratio decide");
    }
}
