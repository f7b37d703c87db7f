using System.CommandLine;
using Translator.Corpus;
using Translator.Corpus.Toy;
using Translator.Evaluation;
using Translator.Model;
using Translator.Search;
using Translator.Text;
using Translator.Training;

namespace Translator.Cli;

/// <summary>One of the toy corpora that come with the sample, how to train on it, and how good a model is at it.</summary>
/// <param name="from">The language to translate from.</param>
internal sealed class ToyTask(Language from)
{
    private readonly string folder = Path.Combine(AppContext.BaseDirectory, "data", from == Language.French ? "toy" : $"toy-{from.Code}");

    internal Language Language => from;

    /// <summary>Enough for the demo's scores, in about two minutes.</summary>
    internal static int Epochs => Preset.Toy.Training.Epochs;

    /// <summary>Every attention in the model that the demo trains, and a Transformer of about its size, by name.</summary>
    internal static IReadOnlyDictionary<string, ModelOptions> Shapes { get; } = new Dictionary<string, ModelOptions>(
    [
        .. AttentionKind.Names.Select(name => KeyValuePair.Create(name, (ModelOptions)((RecurrentOptions)Preset.Toy.Model with { Attention = name }))),
        new("transformer", (TransformerModelOptions)Preset.Small.Model with
        {
            EncoderLayers = 2,
            DecoderLayers = 2,
            EmbeddingDim = 128,
            FeedForwardDim = 256,
            Heads = 4,
            Dropout = 0.1,
        }),
    ]);

    /// <summary>How a model learns the task.</summary>
    /// <param name="shape">The model, but for its words.</param>
    /// <param name="isGuided">Whether it is shown the corpus's links.</param>
    /// <param name="epochs">How often every pair is seen.</param>
    /// <param name="minutes">When to stop before.</param>
    /// <param name="seed">Decides the initial weights and the order.</param>
    /// <param name="computing">What the last bits depend on.</param>
    internal Lesson Lesson(ModelOptions shape, bool isGuided, int epochs, double? minutes, int seed, Computing computing) => new(
        new TrainingData(Paths("train") with { Links = isGuided ? File("train", "links") : null }, Paths("valid")), Text,
        isGuided ? shape.Guided() : shape,
        Preset.Toy.Training with { Epochs = epochs, Minutes = minutes, Seed = seed }, new Saving(Keep: 1), computing);

    private TextLearner Text => from.Separator.Length > 0
        ? Preset.Toy.Text
        : Preset.Toy.Text with { Source = new TextOptions(Tokenization.Character) };

    /// <summary>The option that says which of the corpora.</summary>
    internal static Option<string> Pair()
    {
        var option = new Option<string>("--pair") { Description = "The languages, from and to.", DefaultValueFactory = _ => Language.Sources[0].Pair };
        return option.AcceptOnlyFromAmong([.. Language.Sources.Select(language => language.Pair)]);
    }

    /// <summary>The language that a pair translates from.</summary>
    internal static Language From(string pair) => Language.Sources.Single(language => language.Pair == pair);

    /// <summary>Translates the test sentences, none of which occurs in training, and aligns their references.</summary>
    internal ToyResult Test(Checkpoint checkpoint)
    {
        var pairs = ParallelCorpus.Read(Paths("test").Open()).Pairs;
        var gold = PharaohLinks.ReadGold(File("test", "links"));
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
            AlignmentErrorRate.Of([.. weights.Select(table => AttentionAlignment.Of(table))], gold));
    }

    private PairPaths Paths(string part) => new(File(part, from.Code), File(part, Language.English.Code));

    private string File(string part, string extension)
    {
        var path = Path.Combine(folder, $"{part}.{extension}");
        return System.IO.File.Exists(path) ? path : $"{path}.gz";
    }
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
