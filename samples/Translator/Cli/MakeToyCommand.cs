using System.CommandLine;
using Translator.Corpus.Toy;

namespace Translator.Cli;

/// <summary>make-toy: writes the toy corpus anew.</summary>
internal static class MakeToyCommand
{
    internal static Command Create()
    {
        var output = new Option<string>("--output") { Description = "The folder to write.", Required = true, HelpName = "DIR" };
        var pair = ToyTask.Pair();
        var overwrite = new Option<bool>("--overwrite") { Description = "Replace other files of the corpus's names." };
        var command = new Command("make-toy", "Writes the toy corpus as its generator makes it.") { pair, output, overwrite };
        command.SetAction(parsed => ToyCorpus.Generate(ToyTask.From(parsed.GetValue(pair)!)).Write(parsed.GetValue(output)!, parsed.GetValue(overwrite)));
        return command;
    }
}
