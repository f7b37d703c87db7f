using System.CommandLine;
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
        if (input is not null) return TextLines.Read(input).Chunk(Chunk);
        var lines = TextLines.Read(Console.OpenStandardInput(), "standard input");
        return lines.Chunk(Console.IsInputRedirected ? Chunk : 1);
    }
}
