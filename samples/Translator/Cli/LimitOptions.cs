using System.CommandLine;
using System.Numerics;
using Translator.Training;

namespace Translator.Cli;

/// <summary>The options that say when a training ends.</summary>
internal sealed class LimitOptions
{
    private readonly Option<int?> epochs = Positive<int>("--epochs", "How often every pair is seen; no limit with --minutes or --steps.");
    private readonly Option<long?> steps = Positive<long>("--steps", "Stop training after so many steps.");
    private readonly Option<double?> minutes = Options.Minutes();
    private readonly Option<int?> patience = Positive<int>("--patience", "Stop training after so many epochs that were no better than the best.");

    /// <summary>Adds the options to a command.</summary>
    internal LimitOptions(Command command)
    {
        foreach (var option in (Option[])[epochs, steps, minutes, patience]) command.Add(option);
    }

    /// <summary>An option for a number above zero.</summary>
    internal static Option<T?> Positive<T>(string name, string description)
        where T : struct, INumber<T> =>
        new Option<T?>(name) { Description = description }.Require(value => value is null || value > T.Zero, "must be more than 0");

    /// <summary>Epochs, steps and minutes as given, if any of them is: one takes the place of all that would hold otherwise.</summary>
    internal TrainingOptions Limited(ParseResult parsed, TrainingOptions standard)
    {
        var limited = standard with { Patience = parsed.GetValue(patience) ?? standard.Patience };
        var (epochs, steps, minutes) = (parsed.GetValue(this.epochs), parsed.GetValue(this.steps), parsed.GetValue(this.minutes));
        return epochs is null && steps is null && minutes is null
            ? limited
            : limited with { Epochs = epochs ?? TrainingOptions.NoLimit, Steps = steps, Minutes = minutes };
    }
}
