using static TorchSharp.torch;

namespace Translator.Search;

/// <summary>Takes the likeliest word at every step, for a batch of sentences at once.</summary>
public static class GreedySearch
{
    /// <summary>Runs until every sentence has its end mark or its greatest length.</summary>
    /// <param name="step">The model.</param>
    /// <param name="start">The state before the first word; it is disposed.</param>
    /// <param name="begin">The number of the begin mark.</param>
    /// <param name="end">The number of the end mark.</param>
    /// <param name="maxLengths">For each sentence, how many words it may get.</param>
    /// <param name="device">Where the model is.</param>
    /// <returns>One hypothesis per sentence.</returns>
    public static IReadOnlyList<Hypothesis> Run<TState>(
        Step<TState> step, TState start, long begin, long end, IReadOnlyList<int> maxLengths, Device device)
        where TState : IDisposable
    {
        var partial = maxLengths.Select(length => new Partial(length)).ToArray();
        var words = Enumerable.Repeat(begin, partial.Length).ToArray();
        var state = start;
        try
        {
            while (partial.Any(sentence => sentence.Open))
            {
                using var last = tensor(words, device: device);
                var (logProbabilities, weights, next) = step(last, state);
                state.Dispose();
                state = next;
                using (logProbabilities)
                using (weights)
                    words = Choose(logProbabilities, weights, partial, end);
            }
        }
        finally
        {
            state.Dispose();
        }
        return [.. partial.Select(sentence => sentence.Close())];
    }

    /// <summary>Adds the likeliest word to every sentence.</summary>
    private static long[] Choose(Tensor logProbabilities, Tensor weights, Partial[] sentences, long end)
    {
        using var scope = NewDisposeScope();
        var (best, chosen) = logProbabilities.max(-1);
        var words = chosen.cpu().data<long>().ToArray();
        var gains = best.to(ScalarType.Float32).cpu().data<float>().ToArray();
        var rows = weights.to(ScalarType.Float32).cpu().contiguous().data<float>().ToArray();
        var width = (int)weights.size(-1);
        for (var i = 0; i < sentences.Length; i++)
            sentences[i].Add(words[i], gains[i], rows.AsSpan(i * width, width), end);
        return words;
    }

    private sealed class Partial(int maxLength)
    {
        private readonly List<long> words = [];
        private readonly List<float[]> weights = [];
        private double logProbability;
        private bool ended;

        internal bool Open => !ended && words.Count < maxLength;

        internal void Add(long word, float gain, ReadOnlySpan<float> row, long end)
        {
            if (!Open) return;
            logProbability += gain;
            ended = word == end;
            if (ended) return;
            words.Add(word);
            weights.Add(row.ToArray());
        }

        internal Hypothesis Close() => new([.. words], [.. weights], logProbability);
    }
}
