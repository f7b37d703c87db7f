using Translator.Corpus;
using Translator.Evaluation;
using Translator.Model;
using Translator.Search;
using Translator.Training;

namespace Translator.Cli;

/// <summary>The toy corpus that comes with the sample, how to train on it, and how good a model is at it.</summary>
internal static class ToyTask
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "data", "toy");

    /// <summary>Enough for the demo's scores, within its four minutes.</summary>
    internal static int Epochs => Preset.Toy.Training.Epochs;

    internal static Lesson Lesson(string attention, int epochs, double? minutes, int seed) => new(
        Read("train"), Read("valid"), Preset.Toy.Text, (RecurrentOptions)Preset.Toy.Model with { Attention = attention },
        Preset.Toy.Training with { Epochs = epochs, Minutes = minutes, Seed = seed });

    /// <summary>Translates the test sentences, none of which occurs in training, and aligns their references.</summary>
    internal static ToyResult Test(Checkpoint checkpoint)
    {
        var pairs = Read("test");
        var gold = PharaohLinks.ReadGold(Path.Combine(Folder, "test.links"));
        var translator = new SentenceTranslator(checkpoint.Model, checkpoint.Source, checkpoint.Target);
        var translations = translator.Translate(pairs.Select(pair => pair.Source));
        var weights = translator.Align(
            [.. pairs.Select(pair => (checkpoint.Source.Split(pair.Source), checkpoint.Target.Split(pair.Target)))]);

        string[] hypotheses = [.. translations.Select(translation => translation.Text)];
        string[] references = [.. pairs.Select(pair => pair.Target)];
        return new ToyResult(
            pairs, translations, gold,
            Bleu.Corpus(hypotheses, references, new BleuOptions(BleuTokenization.None)),
            ExactMatch.Of(hypotheses, references),
            AlignmentErrorRate.Of([.. weights.Select(AttentionAlignment.Of)], gold));
    }

    private static IReadOnlyList<SentencePair> Read(string part) =>
        ParallelCorpus.Read(Path.Combine(Folder, $"{part}.fr"), Path.Combine(Folder, $"{part}.en")).Pairs;
}

/// <summary>The translations of the toy test set, and how good they are.</summary>
/// <param name="Pairs">What was to be translated, and the references.</param>
/// <param name="Translations">What the model wrote.</param>
/// <param name="Gold">The references' true word links.</param>
/// <param name="Bleu">Over whitespace-separated words.</param>
/// <param name="ExactMatch">How many translations are the reference to the letter.</param>
/// <param name="AlignmentErrorRate">Of the attention while the model is made to write the references.</param>
internal sealed record ToyResult(
    IReadOnlyList<SentencePair> Pairs, IReadOnlyList<Translation> Translations, IReadOnlyList<GoldAlignment> Gold,
    BleuScore Bleu, ExactMatch ExactMatch, AlignmentErrorRate AlignmentErrorRate);
