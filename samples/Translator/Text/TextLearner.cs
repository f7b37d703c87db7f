using Translator.Corpus;

namespace Translator.Text;

/// <summary>Learns from sentence pairs how to number their tokens.</summary>
/// <param name="Source">How source sentences become tokens.</param>
/// <param name="Target">How target sentences become tokens.</param>
/// <param name="Merges">How many merges to learn where tokens are subwords; for each side, or once if joint.</param>
/// <param name="IsJoint">Whether both sides share merges and vocabulary, as a model with shared embeddings needs.</param>
/// <param name="MinCount">Words and characters that are rarer count as unknown; pieces of several characters are all kept.</param>
public sealed record TextLearner(TextOptions Source, TextOptions Target, int Merges = 10_000, bool IsJoint = false, int MinCount = 1)
{
    /// <summary>The codecs of both sides, which are one if they are joint.</summary>
    /// <exception cref="ArgumentException">Joint sides differ in their options.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public (TextCodec Source, TextCodec Target) Learn(IReadOnlyList<SentencePair> pairs, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        var (sources, targets) = (pairs.Select(pair => pair.Source), pairs.Select(pair => pair.Target));
        if (!IsJoint)
            return (Learn(sources, Source, cancellation), Learn(targets, Target, cancellation));
        if (Source != Target)
            throw new ArgumentException("Sides that share a vocabulary must be cut into tokens in the same way.");
        var joint = Learn(sources.Concat(targets), Source, cancellation);
        return (joint, joint);
    }

    private TextCodec Learn(IEnumerable<string> sentences, TextOptions options, CancellationToken cancellation)
    {
        // A codec without a vocabulary yet: it only cuts.
        var cutter = new TextCodec(options, Vocabulary.Build([]));
        if (options.Tokenization != Tokenization.Subword)
            return new TextCodec(options, Vocabulary.Build(sentences.Select(cutter.Split), MinCount));

        List<string> normal = [.. sentences.Select(cutter.Normalize)];
        var merges = BytePairTrainer.Train(normal, Merges, cancellation).Merges;
        var tokenizer = new SubwordTokenizer(merges);
        return new TextCodec(options, Vocabulary.Build(WithoutRareCharacters([.. normal.Select(tokenizer.Split)])), merges);
    }

    private IEnumerable<string[]> WithoutRareCharacters(IReadOnlyList<string[]> sentences)
    {
        var counts = sentences.SelectMany(tokens => tokens).CountBy(token => token, StringComparer.Ordinal)
            .ToDictionary(StringComparer.Ordinal);
        return sentences.Select(tokens => tokens.Where(token => counts[token] >= MinCount || token.EnumerateRunes().Count() > 1).ToArray());
    }
}
