using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Translator.Corpus;
using Translator.Evaluation;
using Translator.Search;
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
        var json = new Option<bool>("--json") { Description = "Print the scores as JSON." };
        var command = new Command("evaluate", "Translates a file and scores the translations: BLEU as sacreBLEU defines it, and exact match.") { model };
        var pairs = new PairOptions(command, "--source", "--reference", "--tsv", "to translate");
        foreach (var option in (Option[])[tokenize, lowerCase, json])
            command.Add(option);
        var session = new Session(command);
        command.SetAction(parsed =>
        {
            session.Start(parsed);
            return Run(
                parsed.GetValue(model)!, pairs.Files(parsed),
                new BleuOptions(
                    parsed.GetValue(tokenize) == "none" ? BleuTokenization.None : BleuTokenization.Mteval13a, parsed.GetValue(lowerCase)),
                parsed.GetValue(json));
        });
        return command;
    }

    private static int Run(string model, IPairFiles files, BleuOptions options, bool json)
    {
        var corpus = ParallelCorpus.Read(files);
        var checkpoint = Checkpoint.Load(model);
        using var interrupt = new Interrupt();
        var watch = Stopwatch.StartNew();
        var translations = new SentenceTranslator(checkpoint.Model, checkpoint.Source, checkpoint.Target)
            .Translate(corpus.Pairs.Select(pair => pair.Source), interrupt.Token);
        var seconds = watch.Elapsed.TotalSeconds;

        string[] hypotheses = [.. translations.Select(translation => translation.Text)];
        string[] references = [.. corpus.Pairs.Select(pair => pair.Target)];
        var bleu = Bleu.Corpus(hypotheses, references, options);
        var exact = ExactMatch.Of(hypotheses, references);
        Console.WriteLine(json
            ? JsonSerializer.Serialize(
                new { Sentences = hypotheses.Length, corpus.Skipped, Bleu = bleu, ExactMatch = exact.Rate, SentencesPerSecond = hypotheses.Length / seconds }, Json)
            : string.Create(CultureInfo.InvariantCulture,
                $"{bleu}\nexact match {100 * exact.Rate:F1} % of {hypotheses.Length} sentences, {hypotheses.Length / seconds:F0} sentences/s"));
        return 0;
    }
}
