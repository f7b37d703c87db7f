using System.CommandLine;
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
        var command = new Command("translate", "Translates sentences, one a line, words separated by spaces.") { model, input };
        var session = new Session(command);
        command.SetAction(parsed =>
        {
            session.Start(parsed);
            return Run(parsed.GetValue(model)!, parsed.GetValue(input));
        });
        return command;
    }

    private static int Run(string model, string? input)
    {
        var checkpoint = Checkpoint.Load(model);
        var translator = new SentenceTranslator(checkpoint.Model, checkpoint.Source, checkpoint.Target);
        using var interrupt = new Interrupt();
        using var output = new StreamWriter(Console.OpenStandardOutput(), new UTF8Encoding(false)) { NewLine = "\n" };
        foreach (var lines in Lines(input))
        {
            foreach (var translation in translator.Translate(lines, interrupt.Token)) output.WriteLine(translation.Text);
            output.Flush();
        }
        return 0;
    }

    /// <summary>A person at a terminal gets an answer after every line, a file or pipe is read in chunks.</summary>
    private static IEnumerable<string[]> Lines(string? input)
    {
        if (input is not null) return Chunks(TextLines.Stream(input), Chunk);
        var lines = TextLines.Read(Console.OpenStandardInput(), "standard input");
        return Chunks(lines, Console.IsInputRedirected ? Chunk : 1);
    }

    /// <summary>Lines in groups; those before a bad line make a group of their own, so that nothing read is lost with it.</summary>
    private static IEnumerable<string[]> Chunks(IEnumerable<string> lines, int size)
    {
        using var each = lines.GetEnumerator();
        var chunk = new List<string>();
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

    private static (bool More, ExceptionDispatchInfo? Fault) Next(IEnumerator<string> lines)
    {
        try
        {
            return (lines.MoveNext(), null);
        }
        catch (InputException error)
        {
            return (false, ExceptionDispatchInfo.Capture(error));
        }
    }
}
