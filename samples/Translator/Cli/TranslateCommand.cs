using System.CommandLine;
using System.Globalization;
using System.Text;
using Translator.Corpus;
using Translator.Search;
using Translator.Text;
using Translator.Training;

namespace Translator.Cli;

/// <summary>translate: one line out for every line in, a blank one for what cannot be translated.</summary>
internal static class TranslateCommand
{
    internal static Command Create()
    {
        var model = Options.ModelOrOwn();
        var input = new Option<string?>("--input") { Description = "Sentences, one a line; standard input if not given.", HelpName = "FILE" };
        var output = new Option<string?>("--output") { Description = "Where to write; standard output if not given.", HelpName = "FILE" };
        var maxTokens = Options.MaxTokens();
        var best = Options.Number(
            "--n-best", "Print so many translations of each line, as 'line TAB score TAB translation'; at most as many as the beam has.", 1, value => value > 0, "must be at least 1");
        var command = new Command("translate", "Translates sentences, one a line.") { model, input, output, best, maxTokens };
        var search = new SearchOptions(command);
        command.Validators.Add(result =>
        {
            if (result.GetValue(best) > search.Beam(result)) result.AddError("--n-best must not be more than --beam");
        });
        var session = new Session(command);
        command.SetAction(parsed =>
        {
            session.Start(parsed);
            var checkpoint = Checkpoint.Load(parsed.GetValue(model)!);
            var translator = search.Translator(parsed, checkpoint, parsed.GetValue(best));
            return Run(
                translator, checkpoint.Source, parsed.GetValue(input), parsed.GetValue(output), parsed.GetValue(maxTokens), parsed.GetValue(best));
        });
        return command;
    }

    private static int Run(SentenceTranslator translator, TextCodec source, string? input, string? outputPath, int maxTokens, int best)
    {
        using var interrupt = new Interrupt();
        var name = input ?? "standard input";
        var lines = input is null ? TextLines.Scan(Console.OpenStandardInput(), name) : Begun.Of(TextLines.Scan(input));
        using var stream = outputPath is null ? Console.OpenStandardOutput() : OutputFile.Create(outputPath, input);
        using var output = new StreamWriter(stream, new UTF8Encoding(false)) { NewLine = "\n" };
        var reader = new SentenceReader(source, maxTokens, name);
        // A person at a terminal gets an answer after every line, a file or pipe is read in chunks.
        var most = input is null && !Console.IsInputRedirected ? 1 : Chunks.MostSentences;
        var number = 0;
        foreach (var chunk in Chunks.Of(lines.Select(reader.Read), tokens => tokens.Length, most))
        {
            foreach (var translations in translator.TranslateBest(chunk, interrupt.Token))
            {
                number++;
                foreach (var translation in translations) output.WriteLine(best == 1 ? translation.Text : Ranked(number, translation));
            }
            output.Flush();
        }
        return reader.Report();
    }

    private static string Ranked(int number, Translation translation) =>
        string.Create(CultureInfo.InvariantCulture, $"{number}\t{translation.Score:F4}\t{translation.Text}");
}
