using System.Globalization;
using Translator.Corpus;
using Translator.Evaluation;
using Translator.Text;
using Translator.Training;

namespace Translator.Cli;

/// <summary>Reads what a training is of.</summary>
internal static class TrainingReader
{
    /// <summary>The sentences of <paramref name="data"/>; what is left out is said.</summary>
    /// <exception cref="InputException">A file cannot be used, or no pair is left.</exception>
    internal static TrainingText Read(TrainingData data, TextOptions source, TextOptions target)
    {
        var files = data.Training.Links is { } links ? new LinkedFiles(data.Training.Open(), links) : data.Training.Open();
        var corpus = ParallelCorpus.Read(files);
        var kept = new LengthFilter(source.Length, target.Length, data.MaxLength, data.MaxRatio).Apply(corpus.Pairs);
        if (kept.Pairs.Count == 0) throw InputException.In(files.Name, "no pair is left to train on; --max-words and --max-ratio decide");
        if (corpus.Skipped + kept.TooLong + kept.TooUneven > 0)
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{files.Name}: left out {corpus.Skipped:N0} pairs with a blank side, {kept.TooLong:N0} with more than {data.MaxLength} words and {kept.TooUneven:N0} with one side more than {data.MaxRatio} times as long as the other"));
        return new TrainingText(kept.Pairs, ParallelCorpus.Read(data.Validation.Open(), pair => Fault(source.Length(pair.Source), target.Length(pair.Target))).Pairs);
    }

    /// <summary>Why a pair is none to validate by, or null if it is: all of them are used after every epoch, in memory that grows with their length.</summary>
    private static string? Fault(int source, int target) => Math.Max(source, target) <= SentenceReader.MostTokens
        ? null
        : string.Create(CultureInfo.InvariantCulture, $"{source:N0} and {target:N0} words; a side of a validation pair may have {SentenceReader.MostTokens:N0}");
}
