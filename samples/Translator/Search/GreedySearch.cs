using static TorchSharp.torch;

namespace Translator.Search;

/// <summary>Takes the likeliest word at every step, for a batch of sentences at once; those that are finished leave it.</summary>
public static class GreedySearch
{
    /// <summary>Runs until every sentence has its end mark or its greatest length.</summary>
    /// <param name="model">The model.</param>
    /// <param name="start">The state before the first word; it is used up.</param>
    /// <param name="maxLengths">For each sentence, how many words it may get.</param>
    /// <returns>One hypothesis per sentence.</returns>
    public static IReadOnlyList<Hypothesis> Run<TState>(SearchModel<TState> model, TState start, IReadOnlyList<int> maxLengths)
        where TState : IDisposable
    {
        var sentences = maxLengths.Select(length => new Partial(length, model.Begin)).ToArray();
        var open = sentences;
        var state = start;
        try
        {
            while (true)
            {
                var rows = Enumerable.Range(0, open.Length).Where(row => open[row].IsOpen).Select(row => (long)row).ToArray();
                if (rows.Length == 0) break;
                state = Rows.Select(model, state, rows, open.Length);
                open = [.. open.Where(sentence => sentence.IsOpen)];
                state = Advance(model, state, open);
            }
        }
        finally
        {
            state.Dispose();
        }
        return [.. sentences.Select(sentence => sentence.Close())];
    }

    /// <summary>Adds the likeliest word to every sentence.</summary>
    private static TState Advance<TState>(SearchModel<TState> model, TState state, Partial[] sentences)
        where TState : IDisposable
    {
        using var last = tensor(sentences.Select(sentence => sentence.Last).ToArray(), device: model.Device);
        var (logProbabilities, weights, next) = model.Step(last, state);
        using (logProbabilities)
        using (weights)
        using (NewDisposeScope())
        {
            var (best, chosen) = logProbabilities.max(-1);
            var words = chosen.cpu().data<long>().ToArray();
            var gains = best.to(ScalarType.Float32).cpu().data<float>().ToArray();
            var looks = Rows.Of(weights);
            for (var i = 0; i < sentences.Length; i++)
                sentences[i].Add(words[i], gains[i], looks[i], model.End);
        }
        return next;
    }

    private sealed class Partial(int maxLength, long begin)
    {
        private readonly List<long> words = [];
        private readonly List<float[]> weights = [];
        private double logProbability;
        private bool ended;

        internal bool IsOpen => !ended && words.Count < maxLength;

        internal long Last => words.Count == 0 ? begin : words[^1];

        internal void Add(long word, float gain, float[] row, long end)
        {
            logProbability += gain;
            ended = word == end;
            if (ended) return;
            words.Add(word);
            weights.Add(row);
        }

        internal Hypothesis Close() => new([.. words], [.. weights], logProbability, logProbability);
    }
}
