using System.CommandLine;
using System.CommandLine.Parsing;
using Translator.Training;

namespace Translator.Cli;

/// <summary>The options that say how often a training is saved, and how much of it stays.</summary>
internal sealed class SavingOptions
{
    private const string Standard = "10m";

    private readonly Option<string> every = new("--save-every")
    {
        Description = "Save the state after so many steps (500) or minutes (10m), and after every epoch.",
        DefaultValueFactory = _ => Standard,
        HelpName = "STEPS|MINUTESm",
    };

    private readonly Option<int> keep = Options.Number(
        "--keep", "How many of the newest states stay, for their average.", 5, value => value > 0, "must be at least 1");

    /// <summary>Adds the options to a command.</summary>
    internal SavingOptions(Command command)
    {
        every.Require(value => value is not null && Training.Saving.Parse(value, keep: 1) is not null, "must be a number of steps, or of minutes with an m: 500, 10m");
        command.Add(every);
        command.Add(keep);
    }

    /// <summary>What was asked for.</summary>
    internal Saving Saving(ParseResult parsed) => Training.Saving.Parse(parsed.GetValue(every)!, parsed.GetValue(keep))!;
}
