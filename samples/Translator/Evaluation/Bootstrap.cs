using Translator.Corpus;

namespace Translator.Evaluation;

/// <summary>How far a corpus score is due to the choice of sentences: the score of many corpora drawn from the one there is.</summary>
/// <remarks>
/// Bootstrap resampling (Koehn, 2004): each sample has as many sentences as the corpus, drawn with replacement. The interval
/// leaves out a fortieth of the samples at either end, as sacreBLEU (Post, 2018) does; the random numbers differ from its.
/// </remarks>
public static class Bootstrap
{
    /// <summary>The share of samples outside the interval at either end, as its inverse.</summary>
    private const int Tail = 40;

    /// <summary>The 95 % confidence interval of a corpus score.</summary>
    /// <param name="counts">For each sentence, what the score is made of.</param>
    /// <param name="score">The score of summed counts.</param>
    /// <param name="samples">How many corpora to draw.</param>
    /// <param name="seed">Decides which; one seed gives one interval.</param>
    /// <exception cref="ArgumentException">There is no sentence.</exception>
    public static ConfidenceInterval Interval(
        IReadOnlyList<long[]> counts, Func<IReadOnlyList<long>, double> score, int samples = 1000, ulong seed = 12345)
    {
        ArgumentNullException.ThrowIfNull(counts);
        ArgumentNullException.ThrowIfNull(score);
        ArgumentOutOfRangeException.ThrowIfLessThan(samples, 1);
        if (counts.Count == 0)
            throw new ArgumentException("there is no sentence to draw", nameof(counts));
        var random = new SplitMix64(seed);
        var scores = new double[samples];
        for (var sample = 0; sample < samples; sample++)
        {
            var sums = new long[counts[0].Length];
            for (var draw = 0; draw < counts.Count; draw++)
                CorpusCounts.Add(counts[random.Below(counts.Count)], sums);
            scores[sample] = score(sums);
        }
        Array.Sort(scores);
        return new ConfidenceInterval(scores.Average(), scores[samples / Tail], scores[samples - (samples / Tail) - 1]);
    }
}

/// <summary>Where a score lies in most samples.</summary>
/// <param name="Mean">The mean over all samples.</param>
/// <param name="Lower">Below it lies a fortieth of the samples.</param>
/// <param name="Upper">Above it lies a fortieth of the samples.</param>
public readonly record struct ConfidenceInterval(double Mean, double Lower, double Upper);
