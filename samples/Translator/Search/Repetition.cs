using static TorchSharp.torch;

namespace Translator.Search;

/// <summary>Keeps n-grams from standing twice in a hypothesis.</summary>
internal static class Repetition
{
    /// <summary>Makes every word impossible, in place, that would complete an n-gram which its row's prefix already has.</summary>
    public static void Forbid(Tensor logProbabilities, IReadOnlyList<Prefix> prefixes, int size)
    {
        if (size == 0) return;
        var (rows, words) = (new List<long>(), new List<long>());
        for (var row = 0; row < prefixes.Count; row++)
            foreach (var word in Repeats(prefixes[row], size))
            {
                rows.Add(row);
                words.Add(word);
            }
        if (rows.Count == 0) return;
        var device = logProbabilities.device;
        using var never = tensor(float.NegativeInfinity, dtype: logProbabilities.dtype, device: device);
        using var at = tensor(rows.ToArray(), device: device);
        using var which = tensor(words.ToArray(), device: device);
        logProbabilities.index_put_(never, at, which);
    }

    private static IEnumerable<long> Repeats(Prefix prefix, int size)
    {
        long[] words = [.. prefix.Words().Select(word => word.Word)];
        var last = words.Length - (size - 1); // where the n-gram that the next word completes begins
        for (var start = 0; start < last; start++)
            if (words.AsSpan(start, size - 1).SequenceEqual(words.AsSpan(last)))
                yield return words[start + size - 1];
    }
}
