using System.CommandLine;
using System.CommandLine.Parsing;
using Translator.Text;

namespace Translator.Cli;

/// <summary>The options that say how text becomes tokens.</summary>
internal sealed class CodecOptions
{
    private readonly Option<Tokenization?> source = Kind("--source-tokens", "What a source token is.");
    private readonly Option<Tokenization?> target = Kind("--target-tokens", "What a target token is.");
    private readonly Option<bool> lowerCase = new("--lowercase") { Description = "Letters lose their case." };
    private readonly Option<bool> nfkc = new("--nfkc") { Description = "Characters that mean the same become the same (Unicode NFKC)." };
    private readonly Option<int?> merges = new Option<int?>("--merges") { Description = "How many byte-pair merges are learnt for subwords." }
        .Require(value => value is null or >= 0, "must not be negative");

    private readonly Option<bool?> joint = new("--joint") { Description = "Both languages share merges and vocabulary." };
    private readonly Option<int?> minCount = new Option<int?>("--min-count") { Description = "Rarer words and characters count as unknown." }
        .Require(value => value is null or > 0, "must be at least 1");

    private readonly Func<CommandResult, TextLearner>? standard;

    /// <summary>Adds the options to a command.</summary>
    /// <param name="command">The command.</param>
    /// <param name="standard">What is learnt where options are not given; null for a command that learns nothing and needs only the kinds of tokens.</param>
    internal CodecOptions(Command command, Func<CommandResult, TextLearner>? standard = null)
    {
        this.standard = standard;
        command.Add(source);
        command.Add(target);
        if (standard is null) return;
        foreach (var option in (Option[])[lowerCase, nfkc, merges, joint, minCount]) command.Add(option);
        command.Validators.Add(result =>
        {
            if (result.GetValue(joint) == true && Source(result) != Target(result))
                result.AddError("--joint needs the same --source-tokens and --target-tokens");
        });
    }

    /// <summary>How source sentences become tokens.</summary>
    internal TextOptions Source(ParseResult parsed) => Source(parsed.CommandResult);

    /// <summary>How target sentences become tokens.</summary>
    internal TextOptions Target(ParseResult parsed) => Target(parsed.CommandResult);

    /// <summary>What learns the vocabularies as was asked for.</summary>
    internal TextLearner Learner(ParseResult parsed)
    {
        var (learner, source, target) = (Standard(parsed.CommandResult), Source(parsed), Target(parsed));
        return new TextLearner(
            source, target, parsed.GetValue(merges) ?? learner.Merges, parsed.GetValue(joint) ?? (learner.IsJoint && source == target),
            parsed.GetValue(minCount) ?? learner.MinCount);
    }

    private TextOptions Source(CommandResult result) => Text(result, source, Standard(result).Source);

    private TextOptions Target(CommandResult result) => Text(result, target, Standard(result).Target);

    private TextLearner Standard(CommandResult result) => standard?.Invoke(result) ?? new TextLearner(new TextOptions(), new TextOptions());

    private TextOptions Text(CommandResult result, Option<Tokenization?> kind, TextOptions standard) => new(
        result.GetValue(kind) ?? standard.Tokenization, result.GetValue(lowerCase) || standard.LowerCase, result.GetValue(nfkc) || standard.Nfkc);

    private static Option<Tokenization?> Kind(string name, string description) => new(name) { Description = $"{description} Words stand between spaces." };
}
