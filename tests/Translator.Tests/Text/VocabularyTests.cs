using System.IO.Compression;
using System.Text;
using Translator.Corpus;
using Translator.Text;
using Xunit;

namespace Translator.Tests.Text;

public class VocabularyTests
{
    private const string Specials = "<pad>\n<unk>\n<s>\n</s>\n";

    private static IEnumerable<string[]> Sentences(params string[] sentences) =>
        sentences.Select(WhitespaceTokenizer.Split);

    [Fact]
    public void OrdersByCountThenOrdinal()
    {
        var vocabulary = Vocabulary.Build(Sentences("b a é B a", "c b a Z"));
        Assert.Equal(["<pad>", "<unk>", "<s>", "</s>", "a", "b", "B", "Z", "c", "é"], vocabulary.Tokens);
        Assert.Equal(vocabulary.Tokens, Vocabulary.Build(Sentences("Z é c B", "b a a b a")).Tokens);
    }

    [Fact]
    public void KeepsFrequentWordsUpToTheLargestSize()
    {
        var sentences = Sentences("a a a b b c c d");
        Assert.Equal(["a", "b", "c"], Vocabulary.Build(sentences, minCount: 2).Tokens.Skip(4));
        Assert.Equal(["a", "b"], Vocabulary.Build(sentences, maxSize: 6).Tokens.Skip(4));
        Assert.Equal(4, Vocabulary.Build(sentences, maxSize: 4).Count);
        Assert.Throws<ArgumentOutOfRangeException>(() => Vocabulary.Build(sentences, maxSize: 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => Vocabulary.Build(sentences, minCount: 0));
    }

    [Fact]
    public void DecodeUndoesEncode()
    {
        var vocabulary = Vocabulary.Build(Sentences("the cat saw the dog"));
        string[] words = ["dog", "the", "cat"];
        var ids = vocabulary.Encode(words);
        Assert.Equal(3, ids.Distinct().Count());
        Assert.All(ids, id => Assert.InRange(id, 4, vocabulary.Count - 1));
        Assert.Equal(words, vocabulary.Decode(ids));
        Assert.Equal([1L, 4L], vocabulary.Encode(["bird", "the"]));
    }

    [Fact]
    public void DecodeStopsAtTheEnd()
    {
        var vocabulary = Vocabulary.Build(Sentences("x y"));
        Assert.Equal(["x", "<unk>", "y"], vocabulary.Decode([2, 0, 4, 1, 5, 3, 4, 0]));
    }

    [Fact]
    public void IdsOutsideAreErrors()
    {
        var vocabulary = Vocabulary.Build(Sentences("x y"));
        Assert.Throws<ArgumentOutOfRangeException>(() => vocabulary.Decode([6]));
        Assert.Throws<ArgumentOutOfRangeException>(() => vocabulary.Decode([-1]));
    }

    [Fact]
    public void TextNeverBecomesASpecialToken()
    {
        var vocabulary = Vocabulary.Build(Sentences("</s> </s> <pad> <s> <unk> word"));
        Assert.Equal(["word"], vocabulary.Tokens.Skip(4));
        Assert.Equal([1L, 1L, 1L, 1L, 4L], vocabulary.Encode(["</s>", "<pad>", "<s>", "<unk>", "word"]));
        Assert.False(vocabulary.Contains("</s>"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("two words")]
    [InlineData("line\nend")]
    public void WordsThatAFileCannotHoldAreErrors(string word) =>
        Assert.Throws<ArgumentException>(() => Vocabulary.Build([["fine", word]]));

    [Fact]
    public void HalfACharacterIsAnError() =>
        Assert.Throws<ArgumentException>(() => Vocabulary.Build([["fine", "half\uD83D"]]));

    [Fact]
    public void LoadUndoesSave()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("vocabulary.txt", "what stood here before");
        var vocabulary = Vocabulary.Build(Sentences("über 😀 naïve \uFEFF a\u200Bb über"));
        vocabulary.Save(path);
        Assert.Equal(vocabulary.Tokens, Vocabulary.Load(path).Tokens);
        Assert.Equal(vocabulary.Encode(["😀", "no"]), Vocabulary.Load(path).Encode(["😀", "no"]));
        Assert.StartsWith(Specials + "über\n", File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void AFailedSaveLeavesTheOldFile()
    {
        using var folder = new TemporaryFolder();
        // A folder in the way makes the last step, the rename, fail.
        var path = folder.File("taken");
        Directory.CreateDirectory(path);
        Assert.ThrowsAny<Exception>(() => Vocabulary.Build(Sentences("a")).Save(path));
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    /// <summary>What would be 65 million bytes of words when unpacked, or is a file of as many: neither is read.</summary>
    [Fact]
    public void AFileWithoutMeasureIsRefused()
    {
        using var folder = new TemporaryFolder();
        var packed = folder.File("packed");
        using (var gzip = new GZipStream(File.Create(packed), CompressionLevel.Fastest)) gzip.Write(Encoding.UTF8.GetBytes(Specials));
        Assert.StartsWith($"{packed}:1: ", Assert.Throws<InputException>(() => Vocabulary.Load(packed)).Message);

        foreach (var (name, most, load) in new (string, long, Action<string>)[]
        {
            ("long.vocab", VocabularyFile.Largest, path => Vocabulary.Load(path)), ("long.merges", VocabularyFile.Largest, path => MergeFile.Read(path)),
            ("long.text.json", 1 << 20, path => TextCodec.Load(Path.ChangeExtension(Path.ChangeExtension(path, null), "vocab"))),
        })
        {
            if (name == "long.text.json") folder.Write("long.vocab", Specials);
            using (var file = File.Create(folder.File(name))) file.SetLength(most + 1);
            var error = Assert.Throws<InputException>(() => load(folder.File(name)));
            Assert.Equal($"{folder.File(name)}: has {most + 1:N0} bytes; such a file has at most {most:N0}", error.Message);
        }
    }

    [Fact]
    public void TheFirstBadLineIsTheLastThatIsRead()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("vocabulary.txt", [.. "the\n"u8, 0xFF, (byte)'\n']);
        Assert.Equal($"{path}:1: expected <pad>, found 'the'", Assert.Throws<InputException>(() => Vocabulary.Load(path)).Message);
    }

    [Theory]
    [InlineData("<pad>\n<unk>\n</s>\n<s>\na\n", 3, "expected <s>, found '</s>'")]
    [InlineData("the\n", 1, "expected <pad>, found 'the'")]
    [InlineData("<pad>\n<unk>\n", 3, "expected <s>, found the end")]
    [InlineData(Specials + "a\nb\na\n", 7, "'a' stands on line 5 already")]
    [InlineData(Specials + "a\n</s>\n", 6, "'</s>' stands on line 4 already")]
    [InlineData(Specials + "a\n\nb\n", 6, "an empty token")]
    [InlineData(Specials + "a b\n", 5, "a token with whitespace inside")]
    public void LoadErrorsNameThePlace(string text, int line, string what)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("vocabulary.txt", text);
        var error = Assert.Throws<InputException>(() => Vocabulary.Load(path));
        Assert.Equal($"{path}:{line}: {what}", error.Message);
    }
}
