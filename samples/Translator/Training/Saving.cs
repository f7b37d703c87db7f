using System.Globalization;

namespace Translator.Training;

/// <summary>How often a training saves its state within an epoch, and how many states stay.</summary>
/// <param name="Steps">After so many steps; null for a time.</param>
/// <param name="Minutes">After so many minutes; null for steps.</param>
/// <param name="Keep">How many of the newest states are kept, for their average.</param>
public sealed record Saving(long? Steps = null, double? Minutes = 10, int Keep = 5)
{
    /// <summary>Reads how often: <c>500</c> for steps, <c>10m</c> for minutes; null for what is neither.</summary>
    public static Saving? Parse(string every, int keep)
    {
        var invariant = CultureInfo.InvariantCulture;
        var saving = long.TryParse(every, NumberStyles.None, invariant, out var steps)
            ? new Saving(steps, null, keep)
            : every.EndsWith('m') && double.TryParse(every.AsSpan(0, every.Length - 1), NumberStyles.AllowDecimalPoint, invariant, out var minutes)
            ? new Saving(null, minutes, keep)
            : null;
        return saving?.Fault() is null ? saving : null;
    }

    /// <summary>Why nothing can be saved so, in a line, or null if it can.</summary>
    internal string? Fault() =>
        Steps is null == Minutes is null || Steps < 1 || Minutes is not (null or > 0) || Keep < 1
            ? $"no training saves every {Steps} steps or {Minutes} minutes and keeps {Keep} states"
            : null;
}
