namespace Translator.Evaluation;

/// <summary>Counts per sentence whose sums make a corpus score.</summary>
internal static class CorpusCounts
{
    /// <summary>The sums over all sentences.</summary>
    public static long[] Sum(IReadOnlyList<long[]> counts)
    {
        var sums = new long[counts[0].Length];
        foreach (var sentence in counts)
            Add(sentence, sums);
        return sums;
    }

    /// <summary>Adds one sentence's counts to sums.</summary>
    public static void Add(long[] sentence, long[] sums)
    {
        for (var at = 0; at < sums.Length; at++)
            sums[at] += sentence[at];
    }
}
