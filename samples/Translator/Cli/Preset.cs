using TorchAttention;
using Translator.Model;
using Translator.Text;
using Translator.Training;

namespace Translator.Cli;

/// <summary>A choice of everything that a training is told; options given beside it override single ones.</summary>
/// <param name="Name">What it is called on the command line.</param>
/// <param name="Text">How text becomes tokens.</param>
/// <param name="Model">The model, but for its words.</param>
/// <param name="Training">How it is trained.</param>
internal sealed record Preset(string Name, TextLearner Text, ModelOptions Model, TrainingOptions Training)
{
    /// <summary>A small GRU, for corpora like the toy one.</summary>
    internal static Preset Toy { get; } = new(
        "toy", Words(minCount: 1), Recurrent(embedding: 128, hidden: 192, dropout: 0),
        new TrainingOptions { Epochs = 5, BatchSize = 64, LearningRate = 4e-3, LabelSmoothing = 0.1 });

    /// <summary>A GRU for some ten thousand sentences.</summary>
    internal static Preset Rnn { get; } = new(
        "rnn", Words(minCount: 2), Recurrent(embedding: 256, hidden: 512, dropout: 0.3),
        new TrainingOptions { Epochs = 10, LabelSmoothing = 0.1 });

    /// <summary>A Transformer that learns fast: few layers, joint subwords.</summary>
    internal static Preset Small { get; } = new(
        "small", Subwords(merges: 8_000), Transformer(layers: 3, embedding: 256, feedForward: 512, heads: 8, dropout: 0.2) with { PreNorm = true },
        new TrainingOptions { Epochs = 12, BatchSize = 128, WarmUp = 400, SquareDecay = 0.98, LabelSmoothing = 0.1 });

    /// <summary>
    /// The Transformer-Tiny of Wu et al. (2021), the best of small ones on captions: many thin layers, much dropout, joint subwords, for a long
    /// training.
    /// </summary>
    internal static Preset Tiny { get; } = new(
        "tiny", Subwords(merges: 10_000),
        Transformer(layers: 4, embedding: 128, feedForward: 256, heads: 4, dropout: 0.3) with { Tying = EmbeddingTying.All },
        new TrainingOptions { Epochs = 80, BatchTokens = 4096, LearningRate = 5e-3, WarmUp = 1000, SquareDecay = 0.98, LabelSmoothing = 0.1 });

    /// <summary>All of them, the smallest first.</summary>
    internal static IReadOnlyList<Preset> All { get; } = [Toy, Rnn, Small, Tiny];

    /// <summary>The preset of a name; without a name, the one for a kind of model; without either, the one for GRUs.</summary>
    internal static Preset Find(string? name, string? kind) => name is not null
        ? All.FirstOrDefault(preset => preset.Name == name, Rnn)
        : kind == Small.Model.Kind ? Small : Rnn;

    private static TextLearner Words(int minCount) => new(new TextOptions(), new TextOptions(), MinCount: minCount);

    private static TextLearner Subwords(int merges)
    {
        var options = new TextOptions(Tokenization.Subword);
        return new TextLearner(options, options, merges, IsJoint: true, MinCount: 2);
    }

    private static RecurrentOptions Recurrent(long embedding, long hidden, double dropout) => new()
    {
        SourceWords = 0,
        TargetWords = 0,
        EmbeddingDim = embedding,
        Dropout = dropout,
        Attention = "additive",
        HiddenDim = hidden,
    };

    private static TransformerModelOptions Transformer(long layers, long embedding, long feedForward, long heads, double dropout) => new()
    {
        SourceWords = 0,
        TargetWords = 0,
        EmbeddingDim = embedding,
        Dropout = dropout,
        EncoderLayers = layers,
        DecoderLayers = layers,
        Heads = heads,
        FeedForwardDim = feedForward,
        Activation = Activation.ReLU,
        PreNorm = false,
        Positions = PositionKind.Sinusoidal,
        Tying = EmbeddingTying.Target,
    };
}
