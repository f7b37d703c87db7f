namespace TorchAttention.Tests.Support;

/// <summary>How alike one query and one key are.</summary>
internal delegate double PairScore(ReadOnlySpan<double> query, ReadOnlySpan<double> key);

/// <summary>Whether query i of a batch item may attend to key j.</summary>
internal delegate bool PairAllowed(long[] batch, long i, long j);

/// <summary>Where a query expects its key, in a sentence of the given length.</summary>
internal delegate double Centre(ReadOnlySpan<double> query, long length);

/// <summary>The one oracle: attention in float64 by nested loops over single numbers, without torch.</summary>
internal sealed record Oracle(PairScore Score)
{
    internal PairAllowed Allowed { get; init; } = (_, _, _) => true;

    internal Grid? Bias { get; init; }

    /// <summary>From the scores of a query, minus infinity where a pair may not meet, to its weights.</summary>
    internal Func<double[], double[]> Normalize { get; init; } = RowOracle.Softmax;

    /// <summary>Luong's local-p: the predicted centre of a window of this half width.</summary>
    internal (Centre Centre, long HalfWidth)? Window { get; init; }

    internal (Grid Context, Grid Weights) Attend(Grid query, Grid key, Grid value)
    {
        var leading = Broadcast(Broadcast(query.Leading, key.Leading), value.Leading);
        var (l, s) = (query.Shape[^2], key.Shape[^2]);
        var weights = Grid.Zeros([.. leading, l, s]);
        var context = Grid.Zeros([.. leading, l, value.Shape[^1]]);
        foreach (var batch in Grid.Indices(leading))
        {
            for (var i = 0L; i < l; i++)
            {
                var row = Weights(query.Row(batch, i), key, batch, i, l);
                row.CopyTo(weights.Row(batch, i));
                var mean = context.Row(batch, i);
                for (var j = 0L; j < s; j++)
                {
                    if (row[j] == 0) continue; // what has no weight may be NaN
                    var source = value.Row(batch, j);
                    for (var n = 0; n < mean.Length; n++) mean[n] += row[j] * source[n];
                }
            }
        }
        return (context, weights);
    }

    /// <summary>The one key with weight, or -1; its log-probability under a softmax, or 0; and the entropy of that.</summary>
    internal static (long Sample, double LogProbability, double Entropy) Choice(ReadOnlySpan<double> weights, ReadOnlySpan<double> softmax)
    {
        var sample = weights.Length - weights.Count(0) == 1 ? weights.IndexOfAnyExcept(0) : -1;
        var entropy = 0.0;
        foreach (var p in softmax)
            if (p > 0) entropy -= p * Math.Log(p);
        return (sample, sample < 0 ? 0 : Math.Log(softmax[sample]), entropy);
    }

    private double[] Weights(ReadOnlySpan<double> query, Grid key, long[] batch, long i, long l)
    {
        var s = key.Shape[^2];
        var centre = Window is { } window ? window.Centre(query, Length(batch, l, s)) : 0;
        var scores = new double[s];
        for (var j = 0L; j < s; j++)
        {
            var present = Allowed(batch, i, j) && (Window is null || Math.Abs(j - centre) <= Window.Value.HalfWidth);
            scores[j] = present ? Score(query, key.Row(batch, j)) + (Bias is null ? 0 : Bias.Row(batch, i)[(int)j]) : double.NegativeInfinity;
        }

        var weights = Normalize(scores);
        if (Window is { HalfWidth: var reach })
            for (var j = 0L; j < s; j++) weights[j] *= Math.Exp(-2 * (j - centre) * (j - centre) / ((double)reach * reach));
        return weights;
    }

    /// <summary>One past the last key that any query of the sentence may see.</summary>
    private long Length(long[] batch, long l, long s)
    {
        for (var j = s - 1; j >= 0; j--)
            for (var i = 0L; i < l; i++)
                if (Allowed(batch, i, j)) return j + 1;
        return 0;
    }

    private static long[] Broadcast(long[] left, long[] right) =>
        [.. left.Zip(right, (a, b) => a == 1 ? b : b == 1 || a == b ? a : throw new ArgumentException("sizes do not broadcast"))];
}
