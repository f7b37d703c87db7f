using System.CommandLine;
using Translator.Corpus;

namespace Translator.Cli;

/// <summary>The options of a command that say where sentence pairs are: two aligned files, or one of two columns.</summary>
internal sealed class PairOptions
{
    private readonly Option<string?> source;
    private readonly Option<string?> target;
    private readonly Option<string?> table;

    /// <summary>Adds the options to a command, which then insists on either two files or one.</summary>
    internal PairOptions(Command command, string source, string target, string table, string what)
    {
        this.source = File(source, $"Sentences {what}, one a line; gzip is unpacked.");
        this.target = File(target, "Their translations, line by line.");
        this.table = File(table, "Instead of two files, one with 'source TAB target' a line, as Tatoeba and Anki export.");
        command.Add(this.source);
        command.Add(this.target);
        command.Add(this.table);
        command.Validators.Add(result =>
        {
            var (hasSource, hasTarget, hasTable) = (result.GetResult(this.source), result.GetResult(this.target), result.GetResult(this.table));
            if ((hasTable is not null) != (hasSource is null && hasTarget is null) || (hasSource is null) != (hasTarget is null))
                result.AddError($"give {source} and {target}, or {table}");
        });
    }

    /// <summary>The files that were named.</summary>
    internal IPairFiles Files(ParseResult parsed) => Paths(parsed).Open();

    /// <summary>Where they are.</summary>
    internal PairPaths Paths(ParseResult parsed) => parsed.GetValue(table) is { } path
        ? new PairPaths(path, null)
        : new PairPaths(parsed.GetValue(source)!, parsed.GetValue(target)!);

    private static Option<string?> File(string name, string description) => new(name) { Description = description, HelpName = "FILE" };
}
