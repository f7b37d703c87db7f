using System.Runtime.InteropServices;
using System.Text;
using Translator.Text;

namespace Translator.Evaluation;

/// <summary>
/// Corpus chrF2 against one reference: 5 · P · R / (4 · P + R), where P and R are the mean precision and recall of character
/// n-grams, n = 1 … 6, with whitespace removed.
/// </summary>
/// <remarks>
/// The score of Popović (2015, 2016), computed as sacreBLEU (Post, 2018) does by default, so that it compares to published
/// figures: counts are summed over the corpus, an order that no hypothesis or no reference is long enough for is left out of
/// the means, and a sentence's n-grams count for precision only where its reference has any of that order. The tests hold it to figures that
/// sacreBLEU 2.6.0 gave. It differs from sacreBLEU in that a corpus without sentences, or of unequal lengths, is an error.
/// </remarks>
public static class ChrF
{
    private const int MaxOrder = 6;
    private const double BetaSquared = 4;

    /// <summary>Scores a corpus.</summary>
    /// <param name="hypotheses">What a model wrote, a sentence each.</param>
    /// <param name="references">What a person wrote, in the same order.</param>
    /// <param name="lowerCase">Whether letters lose their case first.</param>
    /// <exception cref="ArgumentException">There is no sentence, or the counts differ.</exception>
    public static ChrFScore Corpus(IReadOnlyList<string> hypotheses, IReadOnlyList<string> references, bool lowerCase = false) =>
        new(Score(CorpusCounts.Sum(Counts(hypotheses, references, lowerCase))), lowerCase);

    /// <summary>For each sentence, what <see cref="Score"/> needs the sum of: n-grams of both sides and those they share, by order.</summary>
    /// <exception cref="ArgumentException">There is no sentence, or the counts differ.</exception>
    public static IReadOnlyList<long[]> Counts(IReadOnlyList<string> hypotheses, IReadOnlyList<string> references, bool lowerCase = false)
    {
        Parallel.Require(hypotheses, references);
        return [.. hypotheses.Zip(references, (hypothesis, reference) => Count(Characters(hypothesis, lowerCase), Characters(reference, lowerCase)))];
    }

    /// <summary>The score of summed counts, 0 to 100.</summary>
    public static double Score(IReadOnlyList<long> counts)
    {
        ArgumentNullException.ThrowIfNull(counts);
        var (precision, recall, orders) = (0.0, 0.0, 0);
        for (var at = 0; at < 3 * MaxOrder; at += 3)
        {
            var (hypothesis, reference, matches) = (counts[at], counts[at + 1], counts[at + 2]);
            if (hypothesis == 0 || reference == 0)
                continue;
            precision += (double)matches / hypothesis;
            recall += (double)matches / reference;
            orders++;
        }
        if (precision + recall == 0)
            return 0;
        (precision, recall) = (precision / orders, recall / orders);
        return 100 * ((1 + BetaSquared) * precision * recall / ((BetaSquared * precision) + recall));
    }

    private static int[] Characters(string sentence, bool lowerCase)
    {
        var text = string.Concat(WhitespaceTokenizer.Split(lowerCase ? FullLowerCase.Of(sentence) : sentence));
        return [.. text.EnumerateRunes().Select(rune => rune.Value)];
    }

    private static long[] Count(int[] hypothesis, int[] reference)
    {
        var counts = new long[3 * MaxOrder];
        for (var order = 1; order <= MaxOrder; order++)
        {
            var (hypothesisCount, referenceCount) = (Grams(hypothesis, order), Grams(reference, order));
            var at = 3 * (order - 1);
            counts[at] = referenceCount > 0 ? hypothesisCount : 0;
            counts[at + 1] = referenceCount;
            counts[at + 2] = Matches(hypothesis, reference, order);
        }
        return counts;
    }

    private static int Grams(int[] characters, int order) => Math.Max(0, characters.Length - order + 1);

    private static long Matches(int[] hypothesis, int[] reference, int order)
    {
        var left = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var at = 0; at < Grams(reference, order); at++)
            CollectionsMarshal.GetValueRefOrAddDefault(left, Gram(reference, at, order), out _)++;
        var matches = 0;
        for (var at = 0; at < Grams(hypothesis, order); at++)
        {
            ref var count = ref CollectionsMarshal.GetValueRefOrNullRef(left, Gram(hypothesis, at, order));
            if (System.Runtime.CompilerServices.Unsafe.IsNullRef(ref count) || count == 0)
                continue;
            count--;
            matches++;
        }
        return matches;
    }

    private static string Gram(int[] characters, int at, int order)
    {
        var gram = new StringBuilder(2 * order);
        foreach (var character in characters.AsSpan(at, order))
            gram.Append(new Rune(character));
        return gram.ToString();
    }
}
