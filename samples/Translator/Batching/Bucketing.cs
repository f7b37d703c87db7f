using Translator.Corpus;

namespace Translator.Batching;

/// <summary>Groups pairs of like length, so that little padding is computed with, and shuffles within and between the groups.</summary>
public static class Bucketing
{
    /// <summary>Every pair once, in batches of <paramref name="batchSize"/>; the last of all may be smaller.</summary>
    public static List<EncodedPair[]> Shuffle(IReadOnlyList<EncodedPair> pairs, int batchSize, SplitMix64 random)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        var batches = ByLength(pairs, random).Chunk(batchSize).ToArray();
        random.Shuffle(batches);
        return [.. batches];
    }

    /// <summary>
    /// Every pair once, in batches that hold as many as fit: a batch's pairs times its longest side, end mark included, are at most
    /// <paramref name="maxTokens"/>, so that memory and work are alike for short sentences and long ones. A longer pair is a batch of its own.
    /// </summary>
    public static List<EncodedPair[]> ShuffleByTokens(IReadOnlyList<EncodedPair> pairs, int maxTokens, SplitMix64 random)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxTokens, 1);
        var batches = FillByTokens(ByLength(pairs, random), maxTokens).ToArray();
        random.Shuffle(batches);
        return [.. batches];
    }

    /// <summary>The same batches as <see cref="ShuffleByTokens"/> makes, from the shortest to the longest.</summary>
    public static IEnumerable<EncodedPair[]> ByTokens(IEnumerable<EncodedPair> pairs, int maxTokens) =>
        FillByTokens(pairs.OrderBy(pair => pair.Source.Length).ThenBy(pair => pair.Target.Length), maxTokens);

    private static IOrderedEnumerable<EncodedPair> ByLength(IReadOnlyList<EncodedPair> pairs, SplitMix64 random)
    {
        var order = pairs.ToArray();
        random.Shuffle(order);
        // A stable sort after the shuffle leaves pairs of one length in random order.
        return order.OrderBy(pair => pair.Source.Length).ThenBy(pair => pair.Target.Length);
    }

    private static IEnumerable<EncodedPair[]> FillByTokens(IEnumerable<EncodedPair> pairs, int maxTokens)
    {
        var batch = new List<EncodedPair>();
        var longest = 0L;
        foreach (var pair in pairs)
        {
            var length = Math.Max(pair.Source.Length, pair.Target.Length) + 1L;
            if (batch.Count > 0 && Math.Max(longest, length) * (batch.Count + 1) > maxTokens)
            {
                yield return [.. batch];
                batch.Clear();
                longest = 0;
            }
            batch.Add(pair);
            longest = Math.Max(longest, length);
        }
        if (batch.Count > 0) yield return [.. batch];
    }

    /// <summary>The indices of <paramref name="sentences"/> in batches of like length, longest first.</summary>
    public static IEnumerable<int[]> ByLength(IReadOnlyList<long[]> sentences, int batchSize) => Enumerable
        .Range(0, sentences.Count)
        .OrderByDescending(i => sentences[i].Length)
        .Chunk(batchSize);
}
