using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Translator.Corpus;
using Translator.Evaluation;
using Translator.Search;
using Translator.Text;
using Translator.Training;

namespace Translator.Cli;

/// <summary>evaluate: translations of a file against their references.</summary>
internal static class EvaluateCommand
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    internal static Command Create()
    {
        var model = Options.Model();
        var tokenize = new Option<string>("--tokenize") { Description = "BLEU's words: none for text that is tokenised already.", DefaultValueFactory = _ => "none" }
            .AcceptOnlyFromAmong("none", "13a");
        var lowerCase = new Option<bool>("--lowercase") { Description = "Compare without regard to case." };
        var samples = Options.Number(
            "--samples", "Corpora drawn from the sentences to tell how sure the scores are; 0 for no intervals.", 1000, value => value >= 0, "must not be negative");
        var seed = new Option<ulong>("--seed") { Description = "Decides which are drawn.", DefaultValueFactory = _ => 12345 };
        var json = new Option<bool>("--json") { Description = "Print the scores as JSON." };
        var command = new Command("evaluate", "Translates a file and scores the translations: BLEU and chrF2 as sacreBLEU defines them, and exact match.") { model };
        var pairs = new PairOptions(command, "--source", "--reference", "--tsv", "to translate");
        var maxTokens = Options.MaxTokens();
        foreach (var option in (Option[])[tokenize, lowerCase, samples, seed, json, maxTokens])
            command.Add(option);
        var search = new SearchOptions(command);
        var session = new Session(command);
        command.SetAction(parsed =>
        {
            session.Start(parsed);
            var tokenization = parsed.GetValue(tokenize) == "none" ? BleuTokenization.None : BleuTokenization.Mteval13a;
            var checkpoint = Checkpoint.Load(parsed.GetValue(model)!);
            var corpus = ParallelCorpus.Read(
                pairs.Files(parsed), pair => SentenceReader.Fault(checkpoint.Source.Split(pair.Source), parsed.GetValue(maxTokens)));
            var scores = Evaluate(
                corpus, Translate(corpus, search.Translator(parsed, checkpoint), checkpoint.Source), new BleuOptions(tokenization, parsed.GetValue(lowerCase)),
                parsed.GetValue(samples), parsed.GetValue(seed));
            Console.WriteLine(parsed.GetValue(json) ? JsonSerializer.Serialize(scores, Json) : Describe(scores));
            return 0;
        });
        return command;
    }

    private static (string[] Hypotheses, double Seconds) Translate(ParallelCorpus corpus, SentenceTranslator translator, TextCodec source)
    {
        using var interrupt = new Interrupt();
        var watch = Stopwatch.StartNew();
        string[] hypotheses = [.. Chunks.Of(corpus.Pairs.Select(pair => source.Split(pair.Source)), tokens => tokens.Length)
            .SelectMany(chunk => translator.Translate(chunk, interrupt.Token))
            .Select(translation => translation.Text)];
        return (hypotheses, watch.Elapsed.TotalSeconds);
    }

    private static Scores Evaluate(
        ParallelCorpus corpus, (string[] Hypotheses, double Seconds) made, BleuOptions options, int samples, ulong seed)
    {
        var (hypotheses, seconds) = made;
        string[] references = [.. corpus.Pairs.Select(pair => pair.Target)];
        var (bleu, chrF) = (Bleu.Counts(hypotheses, references, options), ChrF.Counts(hypotheses, references, options.LowerCase));
        return new Scores(
            hypotheses.Length, corpus.Skipped, Bleu.Corpus(hypotheses, references, options),
            samples == 0 ? null : Bootstrap.Interval(bleu, counts => Bleu.Score(counts, options).Score, samples, seed),
            ChrF.Corpus(hypotheses, references, options.LowerCase),
            samples == 0 ? null : Bootstrap.Interval(chrF, ChrF.Score, samples, seed),
            ExactMatch.Of(hypotheses, references).Rate, hypotheses.Length / seconds);
    }

    private static string Describe(Scores scores) => string.Create(CultureInfo.InvariantCulture,
        $"""
        {scores.Bleu}{Describe(scores.BleuInterval)}
        {scores.ChrF}{Describe(scores.ChrFInterval)}
        exact match {100 * scores.ExactMatch:F1} % of {scores.Sentences} sentences, {scores.SentencesPerSecond:F0} sentences/s{DescribeSkipped(scores.Skipped)}
        """);

    private static string DescribeSkipped(int skipped) => skipped == 0
        ? ""
        : string.Create(CultureInfo.InvariantCulture, $"\nleft out {skipped:N0} pairs with a blank side");

    private static string Describe(ConfidenceInterval? interval) => interval is { } found
        ? string.Create(CultureInfo.InvariantCulture, $", 95 % between {found.Lower:F2} and {found.Upper:F2}")
        : "";

    /// <summary>What is printed; the names are those of the JSON.</summary>
    private sealed record Scores(
        int Sentences, int Skipped, BleuScore Bleu, ConfidenceInterval? BleuInterval, ChrFScore ChrF, ConfidenceInterval? ChrFInterval,
        double ExactMatch, double SentencesPerSecond);
}
