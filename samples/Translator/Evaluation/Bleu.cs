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
        options ??= new BleuOptions();
        return Score(CorpusCounts.Sum(Counts(hypotheses, references, options)), options);
    }

    /// <summary>
    /// For each sentence, what <see cref="Score"/> needs the sum of: the lengths of hypothesis and reference, then by order the
    /// hypothesis' n-grams and how many of them the reference has.
    /// </summary>
    /// <exception cref="ArgumentException">There is no sentence, or the counts differ.</exception>
    public static IReadOnlyList<long[]> Counts(
        IReadOnlyList<string> hypotheses, IReadOnlyList<string> references, BleuOptions options)
    {
        Parallel.Require(hypotheses, references);
        return [.. hypotheses.Zip(references, (hypothesis, reference) => Count(Words(hypothesis, options), Words(reference, options)))];
    }

    /// <summary>The score of summed counts.</summary>
    public static BleuScore Score(IReadOnlyList<long> counts, BleuOptions options)
    {
        ArgumentNullException.ThrowIfNull(counts);
        var (hypothesis, reference) = ((int)counts[0], (int)counts[1]);
        var penalty = BrevityPenalty(hypothesis, reference);
        var precisions = Precisions(counts);
        // An order that no hypothesis is long enough for has precision 0 and takes the whole score with it.
        var score = precisions.Contains(0) ? 0 : penalty * Math.Exp(precisions.Sum(Math.Log) / MaxOrder);
        return new BleuScore(score, precisions, penalty, hypothesis, reference, options.Signature);
    }

    private static long[] Count(string[] hypothesis, string[] reference)
    {
        var counts = new long[2 + (2 * MaxOrder)];
        (counts[0], counts[1]) = (hypothesis.Length, reference.Length);
        for (var order = 1; order <= MaxOrder; order++)
        {
            counts[2 * order] = Math.Max(0, hypothesis.Length - order + 1);
            counts[(2 * order) + 1] = NGrams.Matches(hypothesis, reference, order);
        }
        return counts;
    }

    private static string[] Words(string sentence, BleuOptions options)
    {
        var text = options.LowerCase ? FullLowerCase.Of(sentence) : sentence;
        return options.Tokenization == BleuTokenization.None
            ? WhitespaceTokenizer.Split(text)
            : Mteval13a.Split(text);
    }

    private static double BrevityPenalty(int hypothesis, int reference)
    {
        if (hypothesis >= reference)
            return 1;
        return hypothesis == 0 ? 0 : Math.Exp(1 - (double)reference / hypothesis);
    }

    private static double[] Precisions(IReadOnlyList<long> counts)
    {
        var precisions = new double[MaxOrder];
        // Smoothing is for rare long n-grams; without a single match there is nothing to smooth.
        if (Enumerable.Range(1, MaxOrder).All(order => counts[(2 * order) + 1] == 0))
            return precisions;
        var smoothing = 1.0;
        for (var order = 1; order <= MaxOrder; order++)
        {
            var (total, matches) = (counts[2 * order], counts[(2 * order) + 1]);
            if (total == 0)
                break;
            precisions[order - 1] = matches > 0 ? 100.0 * matches / total : 100.0 / ((smoothing *= 2) * total);
        }
        return precisions;
    }
}
