using Translator.Corpus;
using Translator.Text;

namespace Translator.Training;

/// <summary>Where the sentences of a training are, and which of them are left out; stored with its states.</summary>
/// <param name="Training">The pairs to train on.</param>
/// <param name="Validation">The pairs to choose the best epoch by; all of them are used.</param>
/// <param name="MaxLength">The greatest length of a side to train on, in the units of <see cref="TextOptions.Length"/>.</param>
/// <param name="MaxRatio">How many times as long as the other a side may be.</param>
public sealed record TrainingData(PairPaths Training, PairPaths Validation, int MaxLength = 100, double MaxRatio = 9)
{
    /// <summary>Why it cannot be, in a line, or null if it can.</summary>
    internal string? Fault() =>
        MaxLength < 1 || MaxRatio is not >= 1
            ? $"no pair is at most {MaxLength} long and {MaxRatio} times as long as the other side"
            : Training.Fault() ?? Validation.Fault();
}
