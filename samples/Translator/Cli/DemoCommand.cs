using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using Translator.Corpus.Toy;
using Translator.Model;
using Translator.Plots;

namespace Translator.Cli;

/// <summary>demo: trains on the toy corpus, then shows what was learnt.</summary>
internal static class DemoCommand
{
    private const int Examples = 10;

    internal static Command Create()
    {
        var pair = ToyTask.Pair();
        var attention = Options.Attention();
        var epochs = new Option<int>("--epochs") { Description = "How often every pair is seen.", DefaultValueFactory = _ => ToyTask.Epochs }
            .Require(value => value > 0, "must be at least 1");
        var minutes = Options.Minutes();
        var seed = Options.Seed();
        var output = new Option<string>("--output") { Description = "The folder for the model and the picture.", DefaultValueFactory = _ => Path.Combine("artifacts", "demo"), HelpName = "DIR" };
        var command = new Command("demo", "Trains on the toy corpus and shows translations, scores and the attention.")
        {
            pair, attention, epochs, minutes, seed, output,
        };
        var session = new Session(command);
        command.SetAction(parsed =>
        {
            var computing = session.Start(parsed);
            var task = new ToyTask(ToyTask.From(parsed.GetValue(pair)!));
            return Run(
                task,
                task.Lesson(
                    ToyTask.Shapes[parsed.GetValue(attention)!], AttentionKind.CanBeGuided(parsed.GetValue(attention)!), parsed.GetValue(epochs),
                    parsed.GetValue(minutes), parsed.GetValue(seed), computing),
                parsed.GetValue(output)!);
        });
        return command;
    }

    private static int Run(ToyTask task, Lesson lesson, string output)
    {
        Console.WriteLine($"A translator learns {task.Language.Name} to English from a toy corpus. Ctrl+C ends the lesson early.");
        var model = Path.Combine(output, "model");
        using var interrupt = new Interrupt();
        var result = task.Test(lesson.Train(model, overwrite: true, interrupt.Token));

        ShowExamples(result, task.Language);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"""
            On {result.Pairs.Count:N0} sentences that it never saw:
              BLEU                  {result.Bleu.Score:F1}
              exact match           {100 * result.ExactMatch.Rate:F1} %
              alignment error rate  {100 * result.AlignmentErrorRate.Rate:F1} %
            """));
        Draw(result, output);
        Console.WriteLine($"The model is in {model}. Try it:\n  echo \"{result.Pairs[0].Source}\" | dotnet run -c Release --project samples/Translator -- translate --model {model}");
        return interrupt.Asked ? CommandLine.Interrupted : 0;
    }

    private static void ShowExamples(ToyResult result, Language from)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns(from.Name, "translation", "reference");
        foreach (var (pair, translation) in result.Pairs.Zip(result.Translations).Take(Examples))
        {
            var colour = translation.Text == pair.Target ? "green" : "yellow";
            table.AddRow(
                Markup.Escape(pair.Source), $"[{colour}]{Markup.Escape(translation.Text)}[/]", Markup.Escape(pair.Target));
        }
        AnsiConsole.Write(table);
    }

    /// <summary>Draws the attention of the longest of the first sentences that came out right, or of the first of all.</summary>
    private static void Draw(ToyResult result, string output)
    {
        var index = Enumerable.Range(0, result.Pairs.Count)
            .Where(i => result.Translations[i].Text == result.Pairs[i].Target)
            .Take(Examples)
            .OrderByDescending(i => result.Translations[i].Source.Length)
            .FirstOrDefault();
        var translation = result.Translations[index];
        if (translation.Target.Length == 0) return;

        var picture = Path.Combine(output, "attention");
        var map = new AttentionHeatMap(translation.Source, translation.Target, translation.Weights, "Where the translator looks")
        {
            // The gold links number the reference's words, which an inexact translation does not have.
            GoldLinks = translation.Text == result.Pairs[index].Target ? result.Gold[index].Sure : [],
        };
        map.SavePng($"{picture}.png");
        map.SaveSvg($"{picture}.svg");
        Console.WriteLine($"The attention in \"{result.Pairs[index].Source}\" is drawn in {picture}.png and {picture}.svg.");
    }
}
