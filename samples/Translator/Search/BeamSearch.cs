using static TorchSharp.torch;

namespace Translator.Search;

/// <summary>
/// Follows the likeliest few hypotheses of every sentence, for a batch of sentences at once; those that are finished leave it.
/// </summary>
/// <remarks>
/// A hypothesis ends where the end mark is among the step's likeliest candidates, as many as the beam is wide; as many others go on. A
/// sentence is finished when no hypothesis that goes on can still come to rank among the best that are wanted, whatever
/// its words will be: more steps would change nothing. One of its greatest length without an end mark ranks behind all with one.
/// </remarks>
public static class BeamSearch
{
    /// <summary>Runs until every sentence is finished.</summary>
    /// <param name="model">The model.</param>
    /// <param name="start">The state before the first word, a row per sentence; it is used up.</param>
    /// <param name="maxLengths">For each sentence, how many words it may get.</param>
    /// <param name="options">How it goes.</param>
    /// <returns>For each sentence its best hypotheses, of which there is at least one, the best first.</returns>
    public static IReadOnlyList<IReadOnlyList<Hypothesis>> Run<TState>(
        SearchModel<TState> model, TState start, IReadOnlyList<int> maxLengths, BeamOptions options)
        where TState : IDisposable
    {
        var sentences = maxLengths.Select(length => new Beam(length, options, model.Begin, model.End)).ToArray();
        var (open, rows, state) = (sentences, sentences.Length, start);
        try
        {
            // Before the first step every sentence has one row, of its empty hypothesis.
            for (var chosen = Chosen(open); ; chosen = Chosen(open))
            {
                open = [.. open.Where(sentence => sentence.IsOpen)];
                if (open.Length == 0) break;
                state = Rows.Select(model, state, chosen, rows);
                rows = chosen.Count;
                state = Advance(model, state, open, options);
            }
        }
        finally
        {
            state.Dispose();
        }
        return [.. sentences.Select(sentence => sentence.Close())];
    }

    /// <summary>The rows of the last step that the live hypotheses of open sentences came from.</summary>
    private static List<long> Chosen(Beam[] sentences)
    {
        var chosen = new List<long>();
        var first = 0L;
        foreach (var sentence in sentences)
        {
            if (sentence.IsOpen) chosen.AddRange(sentence.Parents.Select(parent => first + parent));
            first += sentence.Width;
        }
        return chosen;
    }

    private static TState Advance<TState>(SearchModel<TState> model, TState state, Beam[] sentences, BeamOptions options)
        where TState : IDisposable
    {
        var live = sentences.SelectMany(sentence => sentence.Live).ToArray();
        using var last = tensor(live.Select(prefix => prefix.Word).ToArray(), device: model.Device);
        var (logProbabilities, weights, next) = model.Step(last, state);
        using (logProbabilities)
        using (weights)
        using (NewDisposeScope())
        {
            Repetition.Forbid(logProbabilities, live, options.NoRepeat);
            // Of one row no more than these can go on or end: a beam's width of either.
            var (values, words) = logProbabilities.topk((int)Math.Min(2L * options.Beam, logProbabilities.size(-1)), -1);
            var candidates = Candidates(live, Rows.Of(values), words.cpu().contiguous().data<long>().ToArray(), Rows.Of(weights));
            var row = 0;
            foreach (var sentence in sentences)
            {
                var width = sentence.Live.Count;
                sentence.Advance(candidates.AsSpan(row, width));
                row += width;
            }
        }
        return next;
    }

    /// <summary>For each live prefix its likeliest continuations.</summary>
    private static Prefix[][] Candidates(Prefix[] live, float[][] values, long[] words, float[][] weights) => [.. live.Select((prefix, row) =>
        values[row].Select((value, at) => new Prefix(prefix, words[(row * values[row].Length) + at], prefix.LogProbability + value, weights[row])).ToArray())];
}
