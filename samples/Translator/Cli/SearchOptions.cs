using System.CommandLine;
using System.CommandLine.Parsing;
using Translator.Search;
using Translator.Training;

namespace Translator.Cli;

/// <summary>The options that say how translations are searched for.</summary>
internal sealed class SearchOptions
{
    private readonly Option<int> beam = Options.Number(
        "--beam", "Hypotheses that are followed at once; 1 takes the likeliest word at every step.", 1, value => value > 0, "must be at least 1");

    private readonly Option<double> lengthPenalty = Options.Number(
        "--length-penalty", "Of a beam search: 0 ranks by probability alone, more favours longer translations.", 1.0, double.IsFinite, "must be a number");

    private readonly Option<int> noRepeat = Options.Number(
        "--no-repeat", "No run of so many tokens stands twice; 0 for no such rule.", 0, value => value >= 0, "must not be negative");

    private readonly Option<int> batchSize = Options.Number(
        "--batch-size", "Sentences that are translated at once; the translations do not depend on it.", 64, value => value > 0, "must be at least 1");

    /// <summary>Adds the options to a command.</summary>
    internal SearchOptions(Command command)
    {
        foreach (var option in (Option[])[beam, lengthPenalty, noRepeat, batchSize]) command.Add(option);
    }

    /// <summary>How many hypotheses are followed at once.</summary>
    internal int Beam(CommandResult result) => result.GetValue(beam);

    /// <summary>A translator that searches as was asked for.</summary>
    internal SentenceTranslator Translator(ParseResult parsed, Checkpoint checkpoint, int best = 1)
    {
        var options = new BeamOptions(parsed.GetValue(beam), parsed.GetValue(lengthPenalty), parsed.GetValue(noRepeat), best);
        var isGreedy = options is { Beam: 1, NoRepeat: 0, Best: 1 };
        return new SentenceTranslator(
            checkpoint.Model, checkpoint.Source, checkpoint.Target, parsed.GetValue(batchSize), isGreedy ? null : options);
    }
}
