using Translator.Text;

namespace Translator.Evaluation;

/// <summary>How many hypotheses are their references, word by word; the kind and number of spaces do not count.</summary>
/// <param name="Matches">Sentences that are equal.</param>
/// <param name="Count">All sentences.</param>
public readonly record struct ExactMatch(int Matches, int Count)
{
    /// <summary>The share of equal sentences, 0 to 1.</summary>
    public double Rate => (double)Matches / Count;

    /// <summary>Compares sentences in pairs.</summary>
    /// <exception cref="ArgumentException">There is no sentence, or the counts differ.</exception>
    public static ExactMatch Of(IReadOnlyList<string> hypotheses, IReadOnlyList<string> references)
    {
        Parallel.Require(hypotheses, references);
        var matches = hypotheses.Zip(references).Count(pair => Words(pair.First).SequenceEqual(Words(pair.Second)));
        return new ExactMatch(matches, hypotheses.Count);
    }

    private static string[] Words(string sentence) => WhitespaceTokenizer.Split(sentence);
}
