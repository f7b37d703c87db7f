using Translator.Corpus;
using Translator.Evaluation;
using Xunit;

namespace Translator.Tests.Evaluation;

public class AlignmentErrorRateTests
{
    private static IReadOnlyList<AlignmentLink> Links(string text) => PharaohLinks.Parse(text, "test", 1);

    private static GoldAlignment Gold(string text) => PharaohLinks.ParseGold(text, "test", 1);

    [Theory]
    [InlineData("0-0 1-1 2-2", "0-0 1-1 2-2", 0)]
    [InlineData("0-1 1-0", "0-0 1-1", 1)]
    [InlineData("0-0 1-2", "0-0 1-1 2-2", 1 - 2 / 5.0)]
    [InlineData("0-0 1-2 2-2 3-0", "0-0 1-1 1?2 2?2", 1 - (1 + 3) / 6.0)]
    [InlineData("", "0-0", 1)]
    [InlineData("", "0?0", 0)]
    [InlineData("0-0", "0?0", 0)]
    [InlineData("0-0 0-0 1-1", "0-0 1-0", 1 - 2 / 4.0)]
    [InlineData("0-1", "1-0", 1)]
    public void FollowsItsFormula(string hypothesis, string gold, double rate) =>
        Assert.Equal(rate, AlignmentErrorRate.Of([Links(hypothesis)], [Gold(gold)]).Rate, 1e-15);

    [Fact]
    public void SumsOverTheCorpusBeforeItDivides()
    {
        var error = AlignmentErrorRate.Of([Links("0-0 1-1 2-2"), Links("0-1")], [Gold("0-0 1-1 2?2"), Gold("0-0")]);
        Assert.Equal(new AlignmentErrorRate(Links: 4, SureLinks: 3, SureHits: 2, PossibleHits: 3), error);
        Assert.Equal(1 - 5 / 7.0, error.Rate, 1e-15);
        Assert.Equal(3 / 4.0, error.Precision, 1e-15);
        Assert.Equal(2 / 3.0, error.Recall, 1e-15);
    }

    [Fact]
    public void IsOneMinusFWhereAllLinksAreSure()
    {
        var error = AlignmentErrorRate.Of([Links("0-0 1-1 2-3 4-4 5-0")], [Gold("0-0 1-1 2-2")]);
        var f = 2 * error.Precision * error.Recall / (error.Precision + error.Recall);
        Assert.Equal(1 - f, error.Rate, 1e-15);
    }

    [Fact]
    public void UnequalOrEmptyCorporaAreErrors()
    {
        Assert.Throws<ArgumentException>(() => AlignmentErrorRate.Of([Links("0-0")], []));
        Assert.Throws<ArgumentException>(() => AlignmentErrorRate.Of([], []));
    }
}
