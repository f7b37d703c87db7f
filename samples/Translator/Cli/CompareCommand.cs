using System.CommandLine;
using System.Globalization;
using Translator.Corpus.Toy;
using Translator.Training;

namespace Translator.Cli;

/// <summary>compare: every attention on the toy corpus, as a table.</summary>
internal static class CompareCommand
{
    internal static Command Create()
    {
        var epochs = new Option<int>("--epochs") { Description = "How often every pair is seen.", DefaultValueFactory = _ => ToyTask.Epochs }
            .Require(value => value > 0, "must be at least 1");
        var seed = Options.Seed();
        var output = new Option<string>("--output") { Description = "The folder for the models.", DefaultValueFactory = _ => Path.Combine("artifacts", "compare"), HelpName = "DIR" };
        var command = new Command("compare", "Trains every kind of attention, and a Transformer, on the toy corpus and prints a table of their scores.") { epochs, seed, output };
        var session = new Session(command);
        command.SetAction(parsed =>
        {
            var computing = session.Start(parsed);
            return Run(parsed.GetValue(epochs), parsed.GetValue(seed), computing, parsed.GetValue(output)!);
        });
        return command;
    }

    private static int Run(int epochs, int seed, Computing computing, string output)
    {
        using var interrupt = new Interrupt();
        var task = new ToyTask(Language.French);
        var rows = new List<string>();
        foreach (var (name, shape) in ToyTask.Shapes.TakeWhile(_ => !interrupt.Asked))
        {
            var checkpoint = task.Lesson(shape, isGuided: false, epochs, null, seed, computing)
                .Train(Path.Combine(output, name), overwrite: true, interrupt.Token);
            using var model = checkpoint.Model;
            var result = task.Test(checkpoint);
            rows.Add(string.Create(CultureInfo.InvariantCulture,
                $"| {name} | {result.Bleu.Score:F1} | {100 * result.ExactMatch.Rate:F1} % | {100 * result.AlignmentErrorRate.Rate:F1} % |"));
        }
        Console.WriteLine("\n| attention | BLEU | exact match | alignment error rate |\n| --- | --- | --- | --- |");
        foreach (var row in rows) Console.WriteLine(row);
        return interrupt.Asked ? CommandLine.Interrupted : 0;
    }
}
