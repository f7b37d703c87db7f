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

    internal static TranslationModel Create(string attention = "additive", double dropout = 0, long hidden = 32) =>
        new(new ModelOptions(attention, Words, Words, EmbeddingDim: 16, hidden, dropout));

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
