using System.CommandLine;
using Translator.Text;

namespace Translator.Cli;

/// <summary>The options that say how text becomes tokens.</summary>
internal sealed class CodecOptions
{
    private readonly Option<Tokenization> source = Kind("--source-tokens", "What a source token is.");
    private readonly Option<Tokenization> target = Kind("--target-tokens", "What a target token is.");
    private readonly Option<bool> lowerCase = new("--lowercase") { Description = "Letters lose their case." };
    private readonly Option<bool> nfkc = new("--nfkc") { Description = "Characters that mean the same become the same (Unicode NFKC)." };
    private readonly Option<int> merges = Options.Number(
        "--merges", "How many byte-pair merges are learnt for subwords.", 10_000, value => value >= 0, "must not be negative");

    private readonly Option<bool> joint = new("--joint") { Description = "Both languages share merges and vocabulary." };
    private readonly Option<int> minCount = Options.Number(
        "--min-count", "Rarer words and characters count as unknown.", 2, value => value > 0, "must be at least 1");

    /// <summary>Adds the options to a command.</summary>
    /// <param name="command">The command.</param>
    /// <param name="learns">Whether it learns a vocabulary; one that does not needs only the kinds of tokens.</param>
    internal CodecOptions(Command command, bool learns = true)
    {
        command.Add(source);
        command.Add(target);
        if (!learns) return;
        foreach (var option in (Option[])[lowerCase, nfkc, merges, joint, minCount]) command.Add(option);
        command.Validators.Add(result =>
        {
            if (result.GetValue(joint) && result.GetValue(source) != result.GetValue(target))
                result.AddError("--joint needs the same --source-tokens and --target-tokens");
        });
    }

    /// <summary>How source sentences become tokens.</summary>
    internal TextOptions Source(ParseResult parsed) => Text(parsed, source);

    /// <summary>How target sentences become tokens.</summary>
    internal TextOptions Target(ParseResult parsed) => Text(parsed, target);

    /// <summary>What learns the vocabularies as was asked for.</summary>
    internal TextLearner Learner(ParseResult parsed) => new(
        Source(parsed), Target(parsed), parsed.GetValue(merges), parsed.GetValue(joint), parsed.GetValue(minCount));

    private TextOptions Text(ParseResult parsed, Option<Tokenization> kind) =>
        new(parsed.GetValue(kind), parsed.GetValue(lowerCase), parsed.GetValue(nfkc));

    private static Option<Tokenization> Kind(string name, string description) => new(name)
    {
        Description = $"{description} Words stand between spaces.",
        DefaultValueFactory = _ => Tokenization.Word,
    };
}
