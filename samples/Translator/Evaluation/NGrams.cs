namespace Translator.Evaluation;

/// <summary>The n-grams of a sentence, counted.</summary>
internal static class NGrams
{
    /// <summary>How many n-grams of a hypothesis its reference holds, each at most as often as the reference has it.</summary>
    public static int Matches(string[] hypothesis, string[] reference, int order)
    {
        var left = Count(reference, order);
        var matches = 0;
        foreach (var gram in Of(hypothesis, order))
        {
            if (!left.TryGetValue(gram, out var count) || count == 0)
                continue;
            left[gram] = count - 1;
            matches++;
        }
        return matches;
    }

    private static Dictionary<string, int> Count(string[] words, int order) =>
        Of(words, order).CountBy(gram => gram, StringComparer.Ordinal)
            .ToDictionary(StringComparer.Ordinal);

    // No word holds whitespace, so words joined by a space stay apart.
    private static IEnumerable<string> Of(string[] words, int order) =>
        Enumerable.Range(0, Math.Max(0, words.Length - order + 1)).Select(at => string.Join(' ', words, at, order));
}
