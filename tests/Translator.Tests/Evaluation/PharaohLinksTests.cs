using Translator.Corpus;
using Translator.Evaluation;
using Xunit;

namespace Translator.Tests.Evaluation;

public class PharaohLinksTests
{
    [Fact]
    public void ParsesInTheOrderWritten() =>
        Assert.Equal([new(3, 0), new(0, 12), new(1, 1)], PharaohLinks.Parse(" 3-0  0-12\t1-1", "gold", 1));

    [Fact]
    public void ParseUndoesFormat()
    {
        AlignmentLink[] links = [new(2, 1), new(10, 0), new(2, 0)];
        Assert.Equal("2-0 2-1 10-0", PharaohLinks.Format(links));
        Assert.Equal(links.Order(), PharaohLinks.Parse(PharaohLinks.Format(links), "gold", 1));
        Assert.Empty(PharaohLinks.Parse(PharaohLinks.Format([]), "gold", 1));
    }

    [Fact]
    public void GoldTellsSureFromPossible()
    {
        var gold = PharaohLinks.ParseGold("0-0 1?2 3-1", "gold", 1);
        Assert.Equal([new(0, 0), new(3, 1)], gold.Sure.Order());
        Assert.Equal([new(0, 0), new(1, 2), new(3, 1)], gold.Possible.Order());
    }

    [Theory]
    [InlineData("0")]
    [InlineData("0-")]
    [InlineData("-1-0")]
    [InlineData("+1-0")]
    [InlineData("0-1-2")]
    [InlineData("a-b")]
    [InlineData("0?1")]
    [InlineData("99999999999-0")]
    [InlineData("0–1")]
    public void ErrorsNameThePlaceAndTheWord(string word)
    {
        var error = Assert.Throws<InputException>(() => PharaohLinks.Parse($"0-0 {word} 1-1", "run/links.txt", 17));
        Assert.StartsWith($"run/links.txt:17: '{word}' ", error.Message);
    }

    [Theory]
    [InlineData("0?")]
    [InlineData("0?1?2")]
    [InlineData("0?1-2")]
    [InlineData("x")]
    public void GoldErrorsNameThePlaceAndTheWord(string word)
    {
        var error = Assert.Throws<InputException>(() => PharaohLinks.ParseGold($"0-0 {word}", "gold.txt", 3));
        Assert.StartsWith($"gold.txt:3: '{word}' ", error.Message);
    }

    [Fact]
    public void ReadsFilesAndCountsLines()
    {
        using var folder = new TemporaryFolder();
        var good = folder.Write("good", "0-0\n\n1-0 0?1\n");
        Assert.Equal([1, 0, 2], PharaohLinks.ReadGold(good).Select(gold => gold.Possible.Count));
        var error = Assert.Throws<InputException>(() => PharaohLinks.Read(good));
        Assert.StartsWith($"{good}:3: '0?1' ", error.Message);
    }
}
