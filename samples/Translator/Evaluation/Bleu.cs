using Translator.Text;

namespace Translator.Evaluation;

/// <summary>
/// Corpus BLEU against one reference: BP · exp(¼ Σₙ log pₙ) over the clipped precisions pₙ of n-grams, n = 1 … 4.
/// </summary>
/// <remarks>
/// The score of Papineni et al. (2002), computed as sacreBLEU (Post, 2018) does by default, so that it compares to
/// published figures: mteval-v13a words, no effective order, and exponential smoothing, in which the k-th order without a
/// match counts as 2⁻ᵏ matches. The tests hold it to figures that sacreBLEU 2.6.0 gave. It differs from sacreBLEU in that
/// a corpus without sentences, or of unequal lengths, is an error.
/// </remarks>
public static class Bleu
{
    private const int MaxOrder = 4;

    /// <summary>Scores a corpus.</summary>
    /// <param name="hypotheses">What a model wrote, a sentence each.</param>
    /// <param name="references">What a person wrote, in the same order.</param>
    /// <param name="options">Words and case; sacreBLEU's defaults if null.</param>
    /// <exception cref="ArgumentException">There is no sentence, or the counts differ.</exception>
    public static BleuScore Corpus(
        IReadOnlyList<string> hypotheses, IReadOnlyList<string> references, BleuOptions? options = null)
    {
        Parallel.Require(hypotheses, references);
        options ??= new BleuOptions();
        var statistics = new Statistics();
        for (var at = 0; at < hypotheses.Count; at++)
            statistics.Add(Words(hypotheses[at], options), Words(references[at], options));
        return Score(statistics, options);
    }

    private static string[] Words(string sentence, BleuOptions options)
    {
        var text = options.LowerCase ? FullLowerCase.Of(sentence) : sentence;
        return options.Tokenization == BleuTokenization.None
            ? WhitespaceTokenizer.Split(text)
            : Mteval13a.Split(text);
    }

    private static BleuScore Score(Statistics statistics, BleuOptions options)
    {
        var penalty = BrevityPenalty(statistics.HypothesisLength, statistics.ReferenceLength);
        var precisions = Precisions(statistics);
        // An order that no hypothesis is long enough for has precision 0 and takes the whole score with it.
        var score = precisions.Contains(0) ? 0 : penalty * Math.Exp(precisions.Sum(Math.Log) / MaxOrder);
        return new BleuScore(
            score, precisions, penalty, statistics.HypothesisLength, statistics.ReferenceLength, options.Signature);
    }

    private static double BrevityPenalty(int hypothesis, int reference)
    {
        if (hypothesis >= reference)
            return 1;
        return hypothesis == 0 ? 0 : Math.Exp(1 - (double)reference / hypothesis);
    }

    private static double[] Precisions(Statistics statistics)
    {
        var precisions = new double[MaxOrder];
        // Smoothing is for rare long n-grams; without a single match there is nothing to smooth.
        if (statistics.Matches.All(matches => matches == 0))
            return precisions;
        var smoothing = 1.0;
        for (var n = 0; n < MaxOrder && statistics.Totals[n] > 0; n++)
            precisions[n] = statistics.Matches[n] > 0
                ? 100.0 * statistics.Matches[n] / statistics.Totals[n]
                : 100.0 / ((smoothing *= 2) * statistics.Totals[n]);
        return precisions;
    }

    /// <summary>What the score is made of, summed over sentences.</summary>
    private sealed class Statistics
    {
        public int[] Matches { get; } = new int[MaxOrder];

        public int[] Totals { get; } = new int[MaxOrder];

        public int HypothesisLength { get; private set; }

        public int ReferenceLength { get; private set; }

        public void Add(string[] hypothesis, string[] reference)
        {
            HypothesisLength += hypothesis.Length;
            ReferenceLength += reference.Length;
            for (var order = 1; order <= MaxOrder; order++)
            {
                Totals[order - 1] += Math.Max(0, hypothesis.Length - order + 1);
                Matches[order - 1] += NGrams.Matches(hypothesis, reference, order);
            }
        }
    }
}
