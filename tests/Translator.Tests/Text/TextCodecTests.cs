using System.Text;
using Translator.Corpus;
using Translator.Text;
using Xunit;

namespace Translator.Tests.Text;

public sealed class TextCodecTests : IDisposable
{
    private static readonly SentencePair[] Pairs =
    [
        new("Das Café ist zu.", "The café is closed."), new("Ist das Café zu?", "Is the café closed?"),
        new("我喜欢 C#。", "I like C#."), new("Zwei \u2581 Cafés 😀", "Two ﬁne cafés 😀"),
    ];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<Tokenization, bool, bool, bool> Kinds { get; } = [.. Product()];

    private static IEnumerable<(Tokenization, bool, bool, bool)> Product() =>
        from tokenization in Enum.GetValues<Tokenization>()
        from lowerCase in (bool[])[false, true]
        from nfkc in (bool[])[false, true]
        from joint in (bool[])[false, true]
        select (tokenization, lowerCase, nfkc, joint);

    private static (TextCodec Source, TextCodec Target) Learn(Tokenization tokenization, bool lowerCase = false, bool nfkc = false, bool joint = false)
    {
        var options = new TextOptions(tokenization, lowerCase, nfkc);
        return new TextLearner(options, options, Merges: 40, joint).Learn(Pairs);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void DecodingGivesTheNormalisedText(Tokenization tokenization, bool lowerCase, bool nfkc, bool joint)
    {
        var (source, target) = Learn(tokenization, lowerCase, nfkc, joint);
        foreach (var pair in Pairs)
        {
            Assert.Equal(source.Normalize(pair.Source), source.Join(source.Decode(source.Encode(pair.Source))));
            Assert.Equal(target.Normalize(pair.Target), target.Join(target.Decode(target.Encode(pair.Target))));
        }
        Assert.Equal(joint, source.SharesVocabularyWith(target));
    }

    /// <summary>Any text at all: what the vocabulary lacks is lost to numbers, but not to tokens.</summary>
    [Theory]
    [MemberData(nameof(Kinds))]
    public void JoiningTokensGivesTheNormalisedText(Tokenization tokenization, bool lowerCase, bool nfkc, bool joint)
    {
        var (codec, _) = Learn(tokenization, lowerCase, nfkc, joint);
        var random = new Random(11);
        var letters = "ab CÉéſﬁ\u0301\u2581\u00A0\u3000  Σςß1２.,'&我喜\t_<>/s".EnumerateRunes().Append(new Rune(0x1F600)).Append(new Rune(0x10FFFF)).ToArray();
        for (var trial = 0; trial < 1000; trial++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(0, 30)).Select(_ => letters[random.Next(letters.Length)].ToString()));
            var normal = codec.Normalize(text);
            var tokens = codec.Split(text);
            Assert.Equal(normal, codec.Join(tokens));
            Assert.Equal(normal, codec.Normalize(normal));
            Assert.DoesNotContain("", tokens);
            Assert.Equal(tokens.Length, codec.Words(tokens).Length);
        }
    }

    [Fact]
    public void NormalisingIsWhatTheOptionsSay()
    {
        Assert.Equal("Ein  ﬁ".Replace("  ", " "), Learn(Tokenization.Word).Source.Normalize(" Ein  ﬁ\t"));
        Assert.Equal("ein fi", Learn(Tokenization.Word, lowerCase: true, nfkc: true).Source.Normalize("Ein\u00A0ﬁ"));
        Assert.Equal("a\u2581b", Learn(Tokenization.Word).Source.Normalize("a\u2581b"));
        Assert.Equal("a_b", Learn(Tokenization.Character).Source.Normalize("a\u2581b"));
    }

    [Fact]
    public void TextNeverBecomesASpecialToken()
    {
        foreach (var tokenization in Enum.GetValues<Tokenization>())
        {
            var options = new TextOptions(tokenization);
            var codec = new TextLearner(options, options).Learn([new("</s> <s> <pad> <unk> </s>", "</s> <s> <pad> <unk> </s>")]).Source;
            Assert.DoesNotContain(SpecialTokens.EndId, codec.Encode("</s> <s>"));
            Assert.DoesNotContain(SpecialTokens.BeginId, codec.Encode("</s> <s>"));
        }
    }

    [Fact]
    public void RareCharactersAreUnknownAndLongerPiecesAreNot()
    {
        var options = new TextOptions(Tokenization.Subword);
        var codec = new TextLearner(options, options, Merges: 2, MinCount: 2).Learn([new("abq abz ab", "x")]).Source;
        Assert.Contains("▁ab", codec.Vocabulary.Tokens);
        Assert.DoesNotContain("q", codec.Vocabulary.Tokens);
        Assert.Equal([codec.Vocabulary.Id("▁ab"), SpecialTokens.UnknownId], codec.Encode("abq"));
    }

    [Fact]
    public void JointSidesMustBeAlike() => Assert.Throws<ArgumentException>(() =>
        new TextLearner(new TextOptions(Tokenization.Word), new TextOptions(Tokenization.Subword), IsJoint: true).Learn(Pairs));

    [Theory]
    [MemberData(nameof(Kinds))]
    public void LoadUndoesSave(Tokenization tokenization, bool lowerCase, bool nfkc, bool joint)
    {
        var codec = Learn(tokenization, lowerCase, nfkc, joint).Source;
        codec.Save(_folder.File("source.vocab"));
        var loaded = TextCodec.Load(_folder.File("source.vocab"));

        Assert.Equal(codec.Options, loaded.Options);
        Assert.Equal(codec.Count, loaded.Count);
        Assert.All(Pairs, pair => Assert.Equal(codec.Encode(pair.Source + " new"), loaded.Encode(pair.Source + " new")));
        Assert.Equal(tokenization == Tokenization.Subword ? 3 : 2, Directory.GetFiles(_folder.Path).Length);
    }

    [Fact]
    public void AVocabularyAloneIsOfWords()
    {
        Vocabulary.Build([["The", "cat"]]).Save(_folder.File("source.vocab"));
        var codec = TextCodec.Load(_folder.File("source.vocab"));
        Assert.Equal(new TextOptions(), codec.Options);
        Assert.Equal(["The", "cat", "."], codec.Split("The  cat ."));
    }

    [Theory]
    [InlineData("{", "source.text.json")]
    [InlineData("null", "source.text.json")]
    [InlineData("""{"tokenization":"syllable"}""", "source.text.json")]
    [InlineData("""{"tokenization":7}""", "source.text.json")]
    [InlineData("""{"tokenization":"subword"}""", "source.merges")]
    public void DamagedFilesAreNamed(string options, string name)
    {
        Learn(Tokenization.Word).Source.Save(_folder.File("source.vocab"));
        _folder.Write("source.text.json", options);
        var error = Assert.Throws<InputException>(() => TextCodec.Load(_folder.File("source.vocab")));
        Assert.StartsWith(_folder.File(name), error.Message);
        Assert.DoesNotContain("\n", error.Message);
    }
}
