using System.CommandLine;
using Translator.Training;

namespace Translator.Cli;

/// <summary>The options that say when a training ends.</summary>
internal sealed class LimitOptions
{
    private readonly Option<int?> epochs = Options.Positive<int>("--epochs", "How often every pair is seen; no limit with --minutes or --steps.");
    private readonly Option<long?> steps = Options.Positive<long>("--steps", "Stop training after so many steps.");
    private readonly Option<double?> minutes = Options.Minutes();
    private readonly Option<int?> patience = Options.Positive<int>("--patience", "Stop training after so many epochs that were no better than the best.");

    /// <summary>Adds the options to a command.</summary>
    internal LimitOptions(Command command)
    {
        foreach (var option in (Option[])[epochs, steps, minutes, patience]) command.Add(option);
    }

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
