using System.CommandLine;
using Translator.Corpus;
using Translator.Text;
using Translator.Training;

namespace Translator.Cli;

/// <summary>train: a checkpoint from parallel text files.</summary>
internal static class TrainCommand
{
    /// <summary>How often every pair is seen where neither --epochs nor --minutes is given.</summary>
    private const int DefaultEpochs = 10;

    internal static Command Create()
    {
        var trainSource = Options.File("--train-source", "Source sentences, one a line, words separated by spaces.");
        var trainTarget = Options.File("--train-target", "Their translations, line by line.");
        var validSource = Options.File("--valid-source", "Source sentences to choose the best epoch by.");
        var validTarget = Options.File("--valid-target", "Their translations.");
        var output = new Option<string>("--output") { Description = "The folder to write.", Required = true, HelpName = "DIR" };
        var attention = Options.Attention();
        var epochs = new Option<int?>("--epochs") { Description = $"How often every pair is seen; {DefaultEpochs}, or no limit with --minutes." }
            .Require(value => value is null or > 0, "must be at least 1");
        var minutes = Options.Minutes();
        var seed = Options.Seed();
        var batchSize = Number("--batch-size", "Pairs per step.", 64, value => value > 0, "must be at least 1");
        var learningRate = Number("--learning-rate", "Adam's greatest step size.", 1e-3, value => value > 0, "must be more than 0");
        var embedding = Number("--embedding", "The size of a word vector.", 256L, value => value > 0, "must be at least 1");
        var hidden = Number("--hidden", "The size of a recurrent state.", 256L, value => value > 0 && value % 2 == 0, "must be even and at least 2");
        var dropout = Number("--dropout", "The share of inputs dropped in training.", 0.3, value => value is >= 0 and < 1, "must be in [0, 1)");
        var smoothing = Number("--label-smoothing", "The share of probability spread over all words.", 0.1, value => value is >= 0 and < 1, "must be in [0, 1)");
        var minCount = Number("--min-count", "Rarer words count as unknown.", 2, value => value > 0, "must be at least 1");
        var maxWords = Number("--max-words", "Training pairs with a longer side are left out.", 100, value => value > 0, "must be at least 1");

        var command = new Command("train", "Trains a translator on parallel text. Ctrl+C stops it and keeps the best model so far.")
        {
            trainSource, trainTarget, validSource, validTarget, output, attention, epochs, minutes, seed, batchSize,
            learningRate, embedding, hidden, dropout, smoothing, minCount, maxWords,
        };
        var session = new Session(command);
        command.SetAction(parsed =>
        {
            session.Start(parsed);
            var limit = parsed.GetValue(epochs) ?? (parsed.GetValue(minutes) is null ? DefaultEpochs : TrainingOptions.NoLimit);
            return Run(
                new Lesson(
                    Read(parsed.GetValue(trainSource)!, parsed.GetValue(trainTarget)!, parsed.GetValue(maxWords)),
                    Read(parsed.GetValue(validSource)!, parsed.GetValue(validTarget)!, int.MaxValue),
                    new ModelShape(
                        parsed.GetValue(attention)!, parsed.GetValue(embedding), parsed.GetValue(hidden), parsed.GetValue(dropout),
                        parsed.GetValue(minCount)),
                    new TrainingOptions(
                        limit, parsed.GetValue(minutes), parsed.GetValue(batchSize), parsed.GetValue(learningRate),
                        parsed.GetValue(smoothing), ClipNorm: 1, parsed.GetValue(seed))),
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

    private static IReadOnlyList<SentencePair> Read(string source, string target, int maxWords)
    {
        var corpus = ParallelCorpus.Read(source, target);
        var pairs = corpus.Pairs.Where(pair => Words(pair.Source) <= maxWords && Words(pair.Target) <= maxWords).ToList();
        var tooLong = corpus.Pairs.Count - pairs.Count;
        if (corpus.Skipped + tooLong > 0)
            Console.WriteLine($"{source}: left out {corpus.Skipped} pairs with a blank side and {tooLong} with more than {maxWords} words");
        return pairs.Count > 0 ? pairs : throw InputException.In(source, $"no pair has at most {maxWords} words on both sides");
    }

    private static int Words(string sentence) => WhitespaceTokenizer.Split(sentence).Length;

    private static Option<T> Number<T>(string name, string description, T standard, Func<T?, bool> holds, string what) =>
        new Option<T>(name) { Description = description, DefaultValueFactory = _ => standard }.Require(holds, what);
}
