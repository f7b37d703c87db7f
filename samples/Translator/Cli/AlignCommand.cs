using System.CommandLine;
using System.Globalization;
using System.Text;
using Translator.Corpus;
using Translator.Evaluation;
using Translator.Search;
using Translator.Training;

namespace Translator.Cli;

/// <summary>align: word links between sentences and their translations, read off the attention.</summary>
internal static class AlignCommand
{
    internal static Command Create()
    {
        var model = Options.Model();
        var command = new Command("align", "Links the words of given translations as the attention does: a line of i-j (Pharaoh format) for every pair.") { model };
        var pairs = new PairOptions(command, "--source", "--target", "--tsv", "to align");
        var gold = new Option<string?>("--gold") { Description = "True links, i-j sure and i?j possible: also print the alignment error rate.", HelpName = "FILE" };
        var share = Options.Number(
            "--share", "A word links to what it looks at most, and to what it looks at with this share of that at least.",
            AttentionAlignment.NearlyAsMuch, value => value > 0, "must be more than 0");
        var output = new Option<string?>("--output") { Description = "Where to write the links; standard output if not given.", HelpName = "FILE" };
        command.Add(gold);
        command.Add(share);
        command.Add(output);
        var maxTokens = Options.MaxTokens();
        command.Add(maxTokens);
        var session = new Session(command);
        command.SetAction(parsed =>
        {
            session.Start(parsed);
            var (checkpoint, paths) = (Checkpoint.Load(parsed.GetValue(model)!), pairs.Paths(parsed));
            return Run(checkpoint, paths, parsed.GetValue(maxTokens), parsed.GetValue(gold), parsed.GetValue(share), parsed.GetValue(output));
        });
        return command;
    }

    private static (string[] Source, string[] Target) Cut(Checkpoint checkpoint, PairLine line, string name, int maxTokens)
    {
        var (source, target) = (checkpoint.Source.Split(line.Sound.Source), checkpoint.Target.Split(line.Pair.Target));
        var fault = SentenceReader.Fault(source, maxTokens) ?? SentenceReader.Fault(target, maxTokens);
        return fault is null ? (source, target) : throw InputException.At(name, line.Number, fault);
    }

    private static int Run(Checkpoint checkpoint, PairPaths paths, int maxTokens, string? goldPath, double share, string? outputPath)
    {
        var gold = goldPath is null ? null : PharaohLinks.ReadGold(goldPath);
        var files = paths.Open();
        var pairs = Begun.Of(files.Scan().Select(line => Cut(checkpoint, line, files.Name, maxTokens)));
        using var interrupt = new Interrupt();
        var all = new List<IReadOnlyList<AlignmentLink>>();
        using (var stream = outputPath is null ? Console.OpenStandardOutput() : OutputFile.Create(outputPath, goldPath, paths.Source, paths.Target))
        using (var output = new StreamWriter(stream, new UTF8Encoding(false)) { NewLine = "\n" })
            foreach (var chunk in Chunks.Of(pairs, pair => Math.Max(pair.Source.Length, pair.Target.Length)))
            {
                interrupt.Token.ThrowIfCancellationRequested();
                foreach (var links in Align(checkpoint, chunk, share))
                {
                    output.WriteLine(PharaohLinks.Format(links));
                    if (gold is not null) all.Add(links);
                }
            }
        if (gold is not null) Console.Error.WriteLine(Describe(all, gold, goldPath!));
        return 0;
    }

    /// <summary>The links of each pair; one with a blank side has none.</summary>
    private static IReadOnlyList<AlignmentLink>[] Align(Checkpoint checkpoint, (string[] Source, string[] Target)[] tokens, double share)
    {
        int[] full = [.. Enumerable.Range(0, tokens.Length).Where(i => tokens[i].Source.Length > 0 && tokens[i].Target.Length > 0)];
        var weights = new SentenceTranslator(checkpoint.Model, checkpoint.Source, checkpoint.Target).Align([.. full.Select(i => tokens[i])]);
        var links = new IReadOnlyList<AlignmentLink>[tokens.Length];
        Array.Fill(links, []);
        foreach (var (i, of) in full.Zip(weights))
            links[i] = AttentionAlignment.Of(
                WordWeights.Of(of, checkpoint.Target.Words(tokens[i].Target), checkpoint.Source.Words(tokens[i].Source)), share);
        return links;
    }

    private static string Describe(List<IReadOnlyList<AlignmentLink>> links, IReadOnlyList<GoldAlignment> gold, string goldPath)
    {
        if (links.Count != gold.Count)
            throw InputException.In(goldPath, $"has links of {gold.Count} pairs, but there are {links.Count}");
        var error = AlignmentErrorRate.Of(links, gold);
        return string.Create(CultureInfo.InvariantCulture,
            $"alignment error rate {100 * error.Rate:F1} %, precision {100 * error.Precision:F1} %, recall {100 * error.Recall:F1} % over {links.Count:N0} pairs");
    }
}
