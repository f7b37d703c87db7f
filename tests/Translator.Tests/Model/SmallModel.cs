using TorchAttention;
using Translator.Batching;
using Translator.Model;
using Translator.Text;

namespace Translator.Tests.Model;

/// <summary>A model small enough for a test, and a task for it: write the source backwards.</summary>
internal static class SmallModel
{
    internal const int Words = 11;

    internal static Vocabulary Vocabulary { get; } =
        Vocabulary.Build([[.. Enumerable.Range(0, Words - SpecialTokens.All.Count).Select(i => $"w{i}")]]);

    internal static TextCodec Codec { get; } = new(new TextOptions(), Vocabulary);

    /// <summary>What <see cref="Create"/> knows: the attentions of the GRUs, and Transformers.</summary>
    internal static IEnumerable<string> Kinds => [.. AttentionKind.Names, .. Transformers.Keys];

    internal static IReadOnlyDictionary<string, TransformerModelOptions> Transformers { get; } = new Dictionary<string, TransformerModelOptions>
    {
        ["transformer"] = Transformer,
        ["transformer, pre-norm, rotary"] = Transformer with { PreNorm = true, Positions = PositionKind.Rotary, Activation = Activation.GELU, Tying = EmbeddingTying.All },
        ["transformer, learned, untied"] = Transformer with { Positions = PositionKind.Learned, Tying = EmbeddingTying.None, AlignmentHead = 1 },
    };

    private static TransformerModelOptions Transformer => new()
    {
        SourceWords = Words,
        TargetWords = Words,
        EmbeddingDim = 16,
        Dropout = 0,
        EncoderLayers = 2,
        DecoderLayers = 3,
        Heads = 2,
        FeedForwardDim = 24,
        Activation = Activation.ReLU,
        PreNorm = false,
        Positions = PositionKind.Sinusoidal,
        Tying = EmbeddingTying.Target,
    };

    internal static TranslationModel Create(string kind = "additive", double dropout = 0, long hidden = 32) =>
        Transformers.TryGetValue(kind, out var transformer)
            ? TranslationModel.Create(transformer with { Dropout = dropout })
            : TranslationModel.Create(new RecurrentOptions
            {
                SourceWords = Words,
                TargetWords = Words,
                EmbeddingDim = 16,
                Dropout = dropout,
                Attention = kind,
                HiddenDim = hidden,
            });

    internal static List<EncodedPair> Reversals(int count, int seed, int longest = 5)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            var source = Enumerable.Range(0, random.Next(1, longest + 1)).Select(_ => (long)random.Next(SpecialTokens.All.Count, Words)).ToArray();
            return new EncodedPair(source, [.. source.Reverse()]);
        })];
    }

    internal static string[] Text(long[] words) => Vocabulary.Decode(words);
}
