using System.CommandLine;
using System.Globalization;
using Translator.Corpus;

namespace Translator.Cli;

/// <summary>validate: says of a parallel corpus what a training would stumble over or leave out, and where.</summary>
/// <remarks>The files are read once and not kept, whatever their size. The exit code is 1 if training would refuse them.</remarks>
internal static class ValidateCommand
{
    internal static Command Create()
    {
        var command = new Command("validate", "Checks a parallel corpus: counts what training would use, leave out or refuse, and names the first such lines.");
        var pairs = new PairOptions(command, "--source", "--target", "--tsv", "to check");
        var filter = new FilterOptions(command, new CodecOptions(command));
        var show = Options.Number("--show", "How many lines to name.", 10, value => value >= 0, "must not be negative");
        command.Add(show);
        command.SetAction(parsed => Run(pairs.Files(parsed), filter.Filter(parsed), parsed.GetValue(show)));
        return command;
    }

    private static int Run(IPairFiles files, LengthFilter filter, int show)
    {
        var report = new Report(show);
        foreach (var line in files.Scan())
            report.Add(line, filter);
        report.Print(files.Name, filter);
        return report.IsUsable ? 0 : CommandLine.BadInput;
    }

    /// <summary>Counts of lines by what is wrong with them, and the first ones.</summary>
    private sealed class Report(int show)
    {
        private readonly List<string> first = [];
        private long lines, faulty, blank, halfBlank, tooLong, tooUneven, used, sourceLength, targetLength;

        internal bool IsUsable => faulty == 0 && used > 0;

        internal void Add(PairLine line, LengthFilter filter)
        {
            lines++;
            if (line.Fault is { } fault)
                Note(ref faulty, fault.Message);
            else if (!line.Pair.HasText)
                AddBlank(line);
            else
                AddPair(line, filter);
        }

        private void AddBlank(PairLine line)
        {
            // Two blank lines are a paragraph's end; one is a hint that the files have slipped.
            if (string.IsNullOrWhiteSpace(line.Pair.Source) && string.IsNullOrWhiteSpace(line.Pair.Target))
                blank++;
            else
                Note(ref halfBlank, $"line {line.Number}: the {(string.IsNullOrWhiteSpace(line.Pair.Source) ? "source" : "target")} is blank, the other side is not");
        }

        private void AddPair(PairLine line, LengthFilter filter)
        {
            var (source, target) = (filter.SourceLength(line.Pair.Source), filter.TargetLength(line.Pair.Target));
            switch (filter.Judge(line.Pair))
            {
                case LengthFilter.Verdict.TooLong:
                    Note(ref tooLong, $"line {line.Number}: {source:N0} and {target:N0} words");
                    break;
                case LengthFilter.Verdict.TooUneven:
                    Note(ref tooUneven, $"line {line.Number}: the sides differ much, {source:N0} and {target:N0} words");
                    break;
                default:
                    used++;
                    sourceLength += source;
                    targetLength += target;
                    break;
            }
        }

        private void Note(ref long count, string what)
        {
            count++;
            if (first.Count < show)
                first.Add(what);
        }

        internal void Print(string name, LengthFilter filter)
        {
            var invariant = CultureInfo.InvariantCulture;
            Console.WriteLine(string.Create(invariant,
                $"""
                {name}
                {lines,12:N0} lines
                {used,12:N0} pairs to train on, {Mean(sourceLength):F1} and {Mean(targetLength):F1} words long
                {faulty,12:N0} not readable: training refuses the files for them
                {blank,12:N0} blank
                {halfBlank,12:N0} blank on one side
                {tooLong,12:N0} longer than {filter.MaxLength:N0} words
                {tooUneven,12:N0} with one side more than {filter.MaxRatio} times as long as the other
                """));
            if (first.Count > 0)
                Console.WriteLine($"The first that would not be used:\n  {string.Join("\n  ", first)}");
        }

        private double Mean(long length) => used == 0 ? 0 : (double)length / used;
    }
}
