using Translator.Text;
using Xunit;

namespace Translator.Tests.Text;

public class SubwordTokenizerTests
{
    private static readonly SubwordTokenizer Small = new(BytePairTrainer.Train(["low lower lowest newer newer wider."], 12).Merges);

    [Theory]
    [InlineData("low", "▁low")]
    [InlineData("newer, lower", "▁newer|,|▁low|er")]
    [InlineData("", "")]
    public void FrequentWordsAreWholeAndRareOnesInPieces(string text, string tokens) =>
        Assert.Equal(tokens, string.Join('|', Small.Split(text)));

    [Theory]
    [InlineData("lów", "▁|l|ó|w")]
    [InlineData("😀low", "▁|😀|low")]
    [InlineData("Qlow", "▁|Q|low")]
    public void ACharacterThatNoMergeKnowsIsATokenOfItsOwn(string text, string tokens)
    {
        Assert.Equal(tokens, string.Join('|', Small.Split(text)));
        Assert.Equal(text, Small.Join(Small.Split(text)));
    }

    [Fact]
    public void WordsCountTheirMarks()
    {
        Assert.Equal([0, 0, 1, 1, 1], Small.Words(["▁low", "er", "▁", "Q", "."]));
        // What a model writes may lack the first mark.
        Assert.Equal([0, 0, 1], Small.Words(["x", "y", "▁z"]));
    }

    [Fact]
    public void WithoutMergesTokensAreCharacters() => Assert.Equal(["▁", "a", "b", "▁", "c"], new SubwordTokenizer([]).Split("ab c"));

    /// <summary>The package's encoder cuts every word of a text as the trainer's own merges do.</summary>
    [Fact]
    public void EqualsTheTrainer()
    {
        var sentences = ToyText.Sentences(3000);
        AssertEqualsTrainer(sentences, 1000);

        var random = new Random(7);
        for (var trial = 0; trial < 200; trial++)
            AssertEqualsTrainer(Enumerable.Range(0, 8).Select(_ => string.Concat(
                Enumerable.Range(0, random.Next(1, 20)).Select(_ => "aab "[random.Next(4)]))).ToList(), 25);

        static void AssertEqualsTrainer(IEnumerable<string> sentences, int merges)
        {
            var trainer = BytePairTrainer.Train(sentences, merges);
            var tokenizer = new SubwordTokenizer(trainer.Merges);
            foreach (var (run, pieces) in trainer.Words.Where(word => word.Key[0] == '▁'))
                Assert.Equal(pieces, tokenizer.Split(run[1..]));
        }
    }
}
