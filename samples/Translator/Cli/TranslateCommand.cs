using System.CommandLine;
using System.Globalization;
using System.Runtime.ExceptionServices;
using System.Text;
using Translator.Corpus;
using Translator.Search;
using Translator.Training;

namespace Translator.Cli;

/// <summary>translate: one line out for every line in.</summary>
internal static class TranslateCommand
{
    /// <summary>Lines that are translated together, so that batches of like length can be made.</summary>
    private const int Chunk = 1024;

    internal static Command Create()
    {
        var model = Options.Model();
        var input = new Option<string?>("--input") { Description = "Sentences, one a line; standard input if not given.", HelpName = "FILE" };
        var output = new Option<string?>("--output") { Description = "Where to write; standard output if not given.", HelpName = "FILE" };
        var maxTokens = Options.Number(
            "--max-tokens", "A longer line is an error: it would take a long time, and is hardly a sentence.", 1000, value => value > 0, "must be at least 1");
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
                translator, line => checkpoint.Source.Split(line), parsed.GetValue(input), parsed.GetValue(output),
                parsed.GetValue(maxTokens), parsed.GetValue(best));
        });
        return command;
    }

    private static int Run(
        SentenceTranslator translator, Func<string, string[]> split, string? input, string? outputPath, int maxTokens, int best)
    {
        using var interrupt = new Interrupt();
        using var stream = outputPath is null ? Console.OpenStandardOutput() : File.Create(outputPath);
        using var output = new StreamWriter(stream, new UTF8Encoding(false)) { NewLine = "\n" };
        var name = input ?? "standard input";
        var lines = input is null ? TextLines.Read(Console.OpenStandardInput(), name) : TextLines.Stream(input);
        var sentences = lines.Select((line, at) => Bounded(split(line), maxTokens, name, at + 1));
        var number = 0;
        // A person at a terminal gets an answer after every line, a file or pipe is read in chunks.
        foreach (var chunk in Chunks(sentences, input is null && !Console.IsInputRedirected ? 1 : Chunk))
        {
            foreach (var translations in translator.TranslateBest(chunk, interrupt.Token))
            {
                number++;
                foreach (var translation in translations) output.WriteLine(best == 1 ? translation.Text : Ranked(number, translation));
            }
            output.Flush();
        }
        return 0;
    }

    private static string[] Bounded(string[] tokens, int max, string name, int number) => tokens.Length <= max
        ? tokens
        : throw InputException.At(name, number, $"{tokens.Length:N0} tokens; a sentence may have {max:N0} (--max-tokens)");

    private static string Ranked(int number, Translation translation) =>
        string.Create(CultureInfo.InvariantCulture, $"{number}\t{translation.Score:F4}\t{translation.Text}");

    /// <summary>Sentences in groups; those before a bad line make a group of their own, so that nothing read is lost with it.</summary>
    private static IEnumerable<string[][]> Chunks(IEnumerable<string[]> sentences, int size)
    {
        using var each = sentences.GetEnumerator();
        var chunk = new List<string[]>();
        while (true)
        {
            var (more, fault) = Next(each);
            if (more) chunk.Add(each.Current);
            if (chunk.Count == size || (!more && chunk.Count > 0))
            {
                yield return [.. chunk];
                chunk.Clear();
            }
            fault?.Throw();
            if (!more) yield break;
        }
    }

    private static (bool More, ExceptionDispatchInfo? Fault) Next(IEnumerator<string[]> sentences)
    {
        try
        {
            return (sentences.MoveNext(), null);
        }
        catch (InputException error)
        {
            return (false, ExceptionDispatchInfo.Capture(error));
        }
    }
}
