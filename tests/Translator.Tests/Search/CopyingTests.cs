using Translator.Search;
using Translator.Text;
using Xunit;

namespace Translator.Tests.Search;

public class CopyingTests
{
    private static readonly float[,] Weights = { { 0.7f, 0.2f, 0.1f }, { 0.6f, 0.1f, 0.3f } };

    [Fact]
    public void TheMostAttendedOfTheUnknownSourceWordsIsCopied()
    {
        string[] target = ["the", "<unk>"];
        Copying.Fill(target, [4, 1], ["der", "Xaver", "Yvo"], [5, 1, 1], Weights);
        Assert.Equal(["the", "Yvo"], target);
    }

    [Fact]
    public void WithoutUnknownSourceWordsItIsTheMostAttendedOfAll()
    {
        string[] target = ["<unk>", "<unk>"];
        Copying.Fill(target, [1, 1], ["der", "Hund", "bellt"], [5, 6, 7], Weights);
        Assert.Equal(["der", "der"], target);
    }

    [Theory]
    [InlineData(Tokenization.Subword, Tokenization.Word, "▁der ▁Xa ver", "der Xaver Xaver")]
    [InlineData(Tokenization.Subword, Tokenization.Character, "▁der ▁Xa ver", "▁der ▁Xaver ▁Xaver")]
    [InlineData(Tokenization.Subword, Tokenization.Subword, "▁der ▁Xa ver", "▁der ▁Xa ver")]
    [InlineData(Tokenization.Word, Tokenization.Subword, "der Xaver", "▁der ▁Xaver")]
    [InlineData(Tokenization.Word, Tokenization.Character, "der Xaver", "▁der ▁Xaver")]
    [InlineData(Tokenization.Character, Tokenization.Word, "我 ▁ 喜", "我 - 喜")]
    [InlineData(Tokenization.Character, Tokenization.Subword, "我 ▁ 喜", "▁我 - ▁喜")]
    [InlineData(Tokenization.Character, Tokenization.Character, "我 ▁ 喜", "我 ▁ 喜")]
    public void BetweenKindsOfTokensWholeWordsAreCopied(Tokenization source, Tokenization target, string tokens, string copies) =>
        Assert.Equal(copies, string.Join(' ', Copying.Copies(tokens.Split(' '), Codec(source), Codec(target)).Select(copy => copy ?? "-")));

    [Fact]
    public void ASpaceIsNeverCopiedForAWord()
    {
        string[] target = ["the", "<unk>"];
        var copies = Copying.Copies(["我", "▁", "喜"], Codec(Tokenization.Character), Codec(Tokenization.Word));
        Copying.Fill(target, [4, 1], copies, [5, 1, 6], new[,] { { 0.1f, 0.8f, 0.1f }, { 0.1f, 0.6f, 0.3f } });
        Assert.Equal(["the", "喜"], target);
    }

    [Fact]
    public void ACopiedWordStandsApart()
    {
        var (source, target) = (Codec(Tokenization.Word), Codec(Tokenization.Subword));
        string[] tokens = ["▁the", "<unk>"];
        Copying.Fill(tokens, [4, 1], Copying.Copies(["der", "Xaver", "Yvo"], source, target), [5, 1, 1], Weights);
        Assert.Equal("the Yvo", target.Join(tokens));
    }

    private static TextCodec Codec(Tokenization kind) => new(new TextOptions(kind), Vocabulary.Build([]));
}
