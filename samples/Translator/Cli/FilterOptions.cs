using System.CommandLine;
using Translator.Corpus;
using Translator.Training;

namespace Translator.Cli;

/// <summary>The options that say which pairs are left out of a training for their length.</summary>
internal sealed class FilterOptions
{
    private readonly Option<int> maxWords = Options.Number(
        "--max-words", "Pairs with a longer side are left out of training; where tokens are characters, characters are counted.", 100, value => value > 0, "must be at least 1");

    private readonly Option<double> maxRatio = Options.Number(
        "--max-ratio", "So are pairs with a side so many times as long as the other.", 9.0, value => value >= 1, "must be at least 1");

    private readonly CodecOptions text;

    /// <summary>Adds the options to a command.</summary>
    /// <param name="command">The command.</param>
    /// <param name="text">The options that say what a word is.</param>
    internal FilterOptions(Command command, CodecOptions text)
    {
        this.text = text;
        command.Add(maxWords);
        command.Add(maxRatio);
    }

    /// <summary>The filter that was asked for.</summary>
    internal LengthFilter Filter(ParseResult parsed) =>
        new(text.Source(parsed).Length, text.Target(parsed).Length, parsed.GetValue(maxWords), parsed.GetValue(maxRatio));

    /// <summary>What is left of the files that were named.</summary>
    internal TrainingData Data(ParseResult parsed, PairPaths training, PairPaths validation) =>
        new(training, validation, parsed.GetValue(maxWords), parsed.GetValue(maxRatio));
}
