using Translator.Corpus;
using Translator.Text;

namespace Translator.Batching;

/// <summary>Sentence pairs as numbers.</summary>
/// <param name="Source">How source sentences become tokens.</param>
/// <param name="Target">How target sentences become tokens.</param>
public sealed record PairEncoder(TextCodec Source, TextCodec Target)
{
    /// <summary>The tokens of both sides, and links between the tokens of linked words.</summary>
    /// <exception cref="InputException">A link is of a word that is not there.</exception>
    public EncodedPair Encode(SentencePair pair)
    {
        ArgumentNullException.ThrowIfNull(pair);
        var (source, target) = (Source.Split(pair.Source), Target.Split(pair.Target));
        var encoded = new EncodedPair(Source.Encode(source), Target.Encode(target));
        return pair.Links is not { Count: > 0 } links
            ? encoded
            : encoded with { Links = Tokens(pair, links, Source.Words(source), Target.Words(target)) };
    }

    private static AlignmentLink[] Tokens(SentencePair pair, IReadOnlyList<AlignmentLink> links, int[] sourceWords, int[] targetWords)
    {
        var (sources, targets) = (OfWords(sourceWords), OfWords(targetWords));
        return [.. links.SelectMany(link => sources.Contains(link.Source) && targets.Contains(link.Target)
            ? sources[link.Source].SelectMany(source => targets[link.Target].Select(target => new AlignmentLink(source, target)))
            : throw new InputException($"the link {link} is of a word that '{pair.Source}' or '{pair.Target}' does not have"))];
    }

    /// <summary>For each word the places of its tokens.</summary>
    private static ILookup<int, int> OfWords(int[] words) => Enumerable.Range(0, words.Length).ToLookup(at => words[at]);
}
