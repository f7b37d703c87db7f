using Translator.Evaluation;
using Xunit;

namespace Translator.Tests.Evaluation;

public class ChrFTests
{
    /// <summary>Both sides compute in double; only the order of a few additions may differ.</summary>
    private const double Rounding = 1e-11;

    public static TheoryData<string> Names => [.. ChrFFigures.All.Select(figure => figure.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void EqualsSacreBleu(string name)
    {
        var figure = ChrFFigures.All.Single(figure => figure.Name == name);
        Assert.Equal(figure.Score, ChrF.Corpus(figure.Hypotheses, figure.References, figure.LowerCase).Score, Rounding);
    }

    /// <summary>By hand: "ab" in "abc" has P = 2/2, 1/1 and R = 2/3, 1/2; order 3 is not in the hypothesis.</summary>
    [Fact]
    public void EqualsACalculationByHand()
    {
        var (precision, recall) = (1.0, ((2.0 / 3) + (1.0 / 2)) / 2);
        Assert.Equal(100 * 5 * precision * recall / ((4 * precision) + recall), ChrF.Corpus(["ab"], ["abc"]).Score, Rounding);
    }

    [Fact]
    public void RecallWeighsMoreThanPrecision() =>
        Assert.True(ChrF.Corpus(["abcdefgh"], ["abcdef"]).Score > ChrF.Corpus(["abcdef"], ["abcdefgh"]).Score);

    [Fact]
    public void TheLineIsSacreBleus()
    {
        Assert.Equal(
            "chrF2|nrefs:1|case:mixed|eff:yes|nc:6|nw:0|space:no|impl:TorchAttention = 25.00", ChrF.Corpus(["aa"], ["ab"]).ToString());
        Assert.StartsWith("chrF2|nrefs:1|case:lc|", ChrF.Corpus(["aa"], ["ab"], lowerCase: true).ToString());
    }

    [Fact]
    public void UnequalOrEmptyCorporaAreErrors()
    {
        Assert.Throws<ArgumentException>(() => ChrF.Corpus(["a", "b"], ["a", "b", "c"]));
        Assert.Throws<ArgumentException>(() => ChrF.Corpus([], []));
    }
}
