namespace Translator.Search;

/// <summary>The hypotheses of one sentence while it is searched.</summary>
internal sealed class Beam(int maxLength, BeamOptions options, long begin, long end)
{
    private readonly List<(Prefix Prefix, double Score)> finished = [];
    private int steps;

    /// <summary>The hypotheses that go on, the likeliest first.</summary>
    public IReadOnlyList<Prefix> Live { get; private set; } = [new Prefix(null, begin, 0, [])];

    /// <summary>For each live hypothesis which one of the step before it continues.</summary>
    public IReadOnlyList<int> Parents { get; private set; } = [0];

    /// <summary>How many hypotheses were live at the step before.</summary>
    public int Width { get; private set; } = 1;

    /// <summary>Whether a further step could change the result.</summary>
    public bool IsOpen { get; private set; } = maxLength > 0;

    /// <summary>One word further.</summary>
    /// <param name="candidates">For each live hypothesis its likeliest continuations.</param>
    public void Advance(ReadOnlySpan<Prefix[]> candidates)
    {
        var all = new List<(Prefix Prefix, int Parent)>();
        for (var parent = 0; parent < candidates.Length; parent++)
            foreach (var prefix in candidates[parent])
                if (prefix.LogProbability > double.NegativeInfinity)
                    all.Add((prefix, parent));
        var ranked = all.OrderByDescending(item => item.Prefix.LogProbability).ThenBy(item => item.Parent).ThenBy(item => item.Prefix.Word).ToList();
        Width = Live.Count;
        steps++;
        finished.AddRange(ranked.Take(options.Beam).Where(item => item.Prefix.Word == end)
            .Select(item => (item.Prefix, options.Score(item.Prefix.LogProbability, item.Prefix.Length))));
        // A stable sort: of equal scores the one that was found first comes first.
        var best = finished.OrderByDescending(item => item.Score).Take(options.Best).ToList();
        finished.Clear();
        finished.AddRange(best);

        var next = ranked.Where(item => item.Prefix.Word != end).Take(options.Beam).ToList();
        // Where every word is forbidden, hypotheses without an end mark stand only if there is no other.
        if (next.Count > 0 || finished.Count > 0)
            (Live, Parents) = ([.. next.Select(item => item.Prefix)], [.. next.Select(item => item.Parent)]);
        IsOpen = next.Count > 0 && steps < maxLength && CanImprove();
    }

    /// <summary>The best hypotheses: those with an end mark, then, where they are too few, those without.</summary>
    public IReadOnlyList<Hypothesis> Close() => [.. finished
        .Concat(Live.Select(prefix => (Prefix: prefix, Score: options.Score(prefix.LogProbability, prefix.Length))).OrderByDescending(item => item.Score))
        .Take(options.Best)
        .Select(item => Describe(item.Prefix, item.Score))];

    /// <summary>Probabilities only fall and the penalty grows one way with the length, so the best score of all continuations is at an end of the range.</summary>
    private bool CanImprove()
    {
        if (finished.Count < options.Best) return true;
        var likeliest = Live[0].LogProbability;
        var bound = Math.Max(options.Score(likeliest, steps + 1), options.Score(likeliest, maxLength));
        return bound > finished[^1].Score;
    }

    private Hypothesis Describe(Prefix prefix, double score)
    {
        Prefix[] words = [.. prefix.Words().Where(word => word.Word != end)];
        return new Hypothesis([.. words.Select(word => word.Word)], [.. words.Select(word => word.Weights)], prefix.LogProbability, score);
    }
}
