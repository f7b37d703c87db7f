using Translator.Evaluation;
using Xunit;

namespace Translator.Tests.Evaluation;

public class BootstrapTests
{
    private static double Share(IReadOnlyList<long> counts) => 100.0 * counts[0] / counts[1];

    /// <summary>A tenth of 400 sentences are right: the share of a sample is binomial, its standard deviation known.</summary>
    [Fact]
    public void TheIntervalOfAShareIsTheBinomialOne()
    {
        const int Sentences = 400;
        const double Right = 0.1;
        var counts = Enumerable.Range(0, Sentences).Select(i => (long[])[i < Right * Sentences ? 1 : 0, 1]).ToList();
        var deviation = 100 * Math.Sqrt(Right * (1 - Right) / Sentences); // 1.5

        var interval = Bootstrap.Interval(counts, Share, samples: 4000);

        // The mean of 4,000 samples strays by deviation / √4000; a quantile at 1/40 by √(q(1 - q) / 4000) / density, 2.7 times
        // the deviation / √4000; a share of 400 comes in steps of 0.25. Four standard errors each, and a step.
        var error = deviation / Math.Sqrt(4000);
        Assert.Equal(10, interval.Mean, 4 * error);
        Assert.Equal(10 - (1.96 * deviation), interval.Lower, (4 * 2.7 * error) + 0.25);
        Assert.Equal(10 + (1.96 * deviation), interval.Upper, (4 * 2.7 * error) + 0.25);
    }

    [Fact]
    public void OneSentenceLeavesNoDoubt()
    {
        var counts = ChrF.Counts(["the cat sat"], ["the cat stood"]);
        var score = ChrF.Corpus(["the cat sat"], ["the cat stood"]).Score;
        var interval = Bootstrap.Interval(counts, ChrF.Score);
        Assert.Equal(score, interval.Lower);
        Assert.Equal(score, interval.Upper);
        Assert.Equal(score, interval.Mean, 1e-10);
    }

    [Fact]
    public void OneSeedMakesOneInterval()
    {
        var figure = BleuFigures.All.Single(figure => figure.Name == "ThreeSentences");
        var options = new BleuOptions();
        var counts = Bleu.Counts(figure.Hypotheses, figure.References, options);

        Assert.Equal(Interval(1), Interval(1));
        Assert.NotEqual(Interval(1).Mean, Interval(2).Mean);
        Assert.InRange(figure.Score, Interval(1).Lower, Interval(1).Upper);

        ConfidenceInterval Interval(ulong seed) => Bootstrap.Interval(counts, sums => Bleu.Score(sums, options).Score, 200, seed);
    }

    [Fact]
    public void NothingToDrawIsAnError()
    {
        Assert.Throws<ArgumentException>(() => Bootstrap.Interval([], Share));
        Assert.Throws<ArgumentOutOfRangeException>(() => Bootstrap.Interval([[1, 1]], Share, samples: 0));
    }
}
