namespace Translator.Batching;

/// <summary>Groups pairs of like length, so that little padding is computed with, and shuffles within and between the groups.</summary>
public static class Bucketing
{
    /// <summary>Every pair once, in batches of <paramref name="batchSize"/>; the last of all may be smaller.</summary>
    public static List<EncodedPair[]> Shuffle(IReadOnlyList<EncodedPair> pairs, int batchSize, Random random)
    {
        var order = pairs.ToArray();
        random.Shuffle(order);
        // A stable sort after the shuffle leaves pairs of one length in random order.
        var batches = order
            .OrderBy(pair => pair.Source.Length).ThenBy(pair => pair.Target.Length)
            .Chunk(batchSize).ToArray();
        random.Shuffle(batches);
        return [.. batches];
    }

    /// <summary>The indices of <paramref name="sentences"/> in batches of like length, longest first.</summary>
    public static IEnumerable<int[]> ByLength(IReadOnlyList<long[]> sentences, int batchSize) => Enumerable
        .Range(0, sentences.Count)
        .OrderByDescending(i => sentences[i].Length)
        .Chunk(batchSize);
}
