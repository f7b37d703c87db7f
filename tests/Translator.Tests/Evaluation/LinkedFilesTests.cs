using Translator.Batching;
using Translator.Corpus;
using Translator.Evaluation;
using Translator.Text;
using Xunit;

namespace Translator.Tests.Evaluation;

public sealed class LinkedFilesTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void EveryPairHasTheLinksOfItsLine()
    {
        var pairs = ParallelCorpus.Read(Files("a b\tc\n\t\nd\te f\n", "1-0\n\n0-0 0-1\n")).Pairs;

        Assert.Equal(["1-0", "0-0 0-1"], pairs.Select(pair => PharaohLinks.Format(pair.Links!)));
    }

    [Theory]
    [InlineData("0-0\n", "has links of 1 pairs, but there are more")]
    [InlineData("0-0\n0-0\n0-0\n", "has links of more than the 2 pairs")]
    [InlineData("0-0\n0:0\n", ":2: '0:0' is not a link")]
    public void LinksThatDoNotFitAreNamed(string links, string named)
    {
        var error = Assert.Throws<InputException>(() => ParallelCorpus.Read(Files("a\tb\nc\td\n", links)));
        Assert.Contains(folder.File("links"), error.Message);
        Assert.Contains(named, error.Message);
    }

    /// <summary>The tokens of linked words are linked, each with each.</summary>
    [Fact]
    public void LinksOfWordsBecomeLinksOfTokens()
    {
        var characters = new TextCodec(new TextOptions(Tokenization.Character), Vocabulary.Build([["a", "b"]]));
        var subwords = TextOf("ab cd ab cd");
        var pair = new SentencePair("ab cd", "ab") { Links = [new(1, 0), new(0, 1)] };

        var encoded = new PairEncoder(subwords, characters).Encode(pair);

        var words = subwords.Words(subwords.Split("ab cd"));
        Assert.Equal(
            [.. Enumerable.Range(0, words.Length).Where(at => words[at] == 1).Select(at => new AlignmentLink(at, 0)),
             .. Enumerable.Range(0, words.Length).Where(at => words[at] == 0).Select(at => new AlignmentLink(at, 1))],
            encoded.Links);
        Assert.Empty(new PairEncoder(subwords, characters).Encode(pair with { Links = null }).Links);
    }

    [Theory]
    [InlineData(2, 0)]
    [InlineData(0, 1)]
    public void ALinkOfNoWordIsNamed(int source, int target)
    {
        var words = new TextCodec(new TextOptions(), Vocabulary.Build([["a", "b"]]));
        var error = Assert.Throws<InputException>(
            () => new PairEncoder(words, words).Encode(new SentencePair("a b", "b") { Links = [new(source, target)] }));
        Assert.Contains($"{source}-{target}", error.Message);
    }

    private LinkedFiles Files(string table, string links) => new(new TabFile(folder.Write("pairs", table)), folder.Write("links", links));

    private static TextCodec TextOf(string text)
    {
        var options = new TextOptions(Tokenization.Subword);
        return new TextLearner(options, options, Merges: 1).Learn([new SentencePair(text, text)]).Source;
    }
}
