using System.CommandLine;
using System.Globalization;
using Translator.Corpus;
using Translator.Evaluation;
using Translator.Training;

namespace Translator.Cli;

/// <summary>train: a checkpoint from parallel text files.</summary>
internal static class TrainCommand
{
    internal static Command Create(out ConfigFile config)
    {
        var command = new Command("train", "Trains a translator on parallel text. Ctrl+C stops it and keeps the best model so far.");
        var training = new PairOptions(command, "--train-source", "--train-target", "--train-tsv", "to train on");
        var validation = new PairOptions(command, "--valid-source", "--valid-target", "--valid-tsv", "to choose the best epoch by");
        var output = new Option<string>("--output") { Description = "The folder to write.", Required = true, HelpName = "DIR" };
        var shape = new ShapeOptions(command);
        var learning = new LearningOptions(command);
        var guide = new Option<string?>("--guided-alignment") { Description = "Links of the words to train on, a line of i-j for every pair: the attention learns to look there.", HelpName = "FILE" };
        command.Add(output);
        command.Add(guide);
        var text = new CodecOptions(command, result => shape.Standard(result).Text);
        var filter = new FilterOptions(command, text);
        var session = new Session(command);
        config = new ConfigFile(command);
        command.SetAction(parsed =>
        {
            session.Start(parsed);
            var (pairs, model) = (training.Files(parsed), shape.Model(parsed));
            if (parsed.GetValue(guide) is { } links) (pairs, model) = (new LinkedFiles(pairs, links), model.Guided());
            return Run(
                new Lesson(
                    Read(pairs, filter.Filter(parsed)),
                    ParallelCorpus.Read(validation.Files(parsed)).Pairs,
                    text.Learner(parsed),
                    model,
                    learning.Training(parsed, shape.Standard(parsed.CommandResult).Training)),
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
