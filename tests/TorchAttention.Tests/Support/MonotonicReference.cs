using TorchSharp;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Support;

/// <summary>A head that moves over the keys: where each query stops it, and the chunk that ends there.</summary>
internal sealed record MonotonicReference(ScoreKind Score, bool Greedy) : Reference(Score.QueryDim, Score.KeyDim, Sizes.ValueDim)
{
    /// <summary>The score within a chunk, and the number of keys; null for the key alone.</summary>
    internal (ScoreKind Score, long Width)? Chunk { get; init; }

    /// <summary>Sums over all ways of the head, term by term as equation 8 writes them, instead of the recursion.</summary>
    internal override (Grid Context, Grid Weights) Oracle(Attention attention, Inputs inputs, PairAllowed allowed, Grid? bias = null)
    {
        var parameters = attention.state_dict().ToDictionary(entry => entry.Key, entry => Grid.Of(entry.Value));
        var (query, key, value) = (Grid.Of(inputs.Query), Grid.Of(inputs.Key), Grid.Of(inputs.Value));
        var (l, s) = ((int)inputs.QueryLength, (int)inputs.KeyLength);
        var energy = Score.Pair(name => parameters["score." + name]);
        var share = Chunk?.Score.Pair(name => parameters["chunk_score." + name]);
        var weights = Grid.Zeros([.. inputs.Leading, l, s]);
        var context = Grid.Zeros([.. inputs.Leading, l, ValueDim]);
        foreach (var batch in Grid.Indices(inputs.Leading))
        {
            var head = Enumerable.Range(0, s).Select(j => j == 0 ? 1.0 : 0).ToArray();
            for (var i = 0; i < l; i++)
            {
                var energies = Row(energy, batch, i);
                for (var j = 0; j < s; j++) energies[j] += parameters["offset"].Numbers[0];
                head = Greedy ? Next(head, energies) : Expect(head, energies);
                var row = share is null ? head : Share(head, Row(share, batch, i), Chunk!.Value.Width);
                row.CopyTo(weights.Row(batch, i));
                for (var j = 0; j < s; j++)
                    for (var n = 0; row[j] != 0 && n < ValueDim; n++)
                        context.Row(batch, i)[n] += row[j] * value.Row(batch, j)[n];
            }
        }
        return (context, weights);

        double[] Row(PairScore score, long[] batch, int i)
        {
            var row = new double[s];
            for (var j = 0; j < s; j++)
                row[j] = allowed(batch, i, j)
                    ? score(query.Row(batch, i), key.Row(batch, j)) + (bias is null ? 0 : bias.Row(batch, i)[j])
                    : double.NegativeInfinity;
            return row;
        }
    }

    /// <summary>The recursion, cell by cell, in the inputs' own precision.</summary>
    internal override (Tensor Context, Tensor Weights) Naive(Attention attention, Inputs inputs, PairAllowed allowed)
    {
        var parameters = attention.named_parameters().ToDictionary(entry => entry.name, entry => (Tensor)entry.parameter);
        var (l, s) = (inputs.QueryLength, inputs.KeyLength);
        var forbidden = MaskKind.Tabulate(allowed, inputs.Leading, l, s).logical_not();
        var energies = Numbers.Sum(Score.Naive(name => parameters["score." + name], inputs.Query, inputs.Key), parameters["offset"]);
        var stop = (Greedy ? energies.AtLeast(0).to(energies.dtype) : energies.sigmoid()).Fill(forbidden, 0);

        var rows = new List<Tensor>();
        var previous = Numbers.Range(0, s, ScalarType.Int64, CPU).Is(0).to(stop.dtype).expand([.. inputs.Leading, s]);
        for (var i = 0L; i < l; i++)
        {
            var row = new List<Tensor>();
            Tensor? passed = null;
            for (var j = 0L; j < s; j++)
            {
                var (here, p) = (previous.narrow(-1, j, 1), stop.select(-2, i).narrow(-1, j, 1));
                var arrival = passed is null ? here : Numbers.Sum(passed, here);
                row.Add(p * arrival);
                passed = arrival - p * arrival;
            }
            rows.Add(previous = cat(row, -1));
        }
        var weights = stack(rows, -2);
        if (Chunk is { } chunk)
        {
            var scores = chunk.Score.Naive(name => parameters["chunk_score." + name], inputs.Query, inputs.Key);
            weights = Share(weights, scores.exp().Fill(forbidden, 0), chunk.Width);
        }
        return (weights.matmul(inputs.Value), weights);
    }

    private static double[] Expect(double[] previous, double[] energies)
    {
        var row = new double[previous.Length];
        for (var j = 0; j < row.Length; j++)
        {
            for (var k = 0; k <= j; k++)
            {
                var way = previous[k];
                for (var m = k; m < j; m++) way *= 1 / (1 + Math.Exp(energies[m]));
                row[j] += way / (1 + Math.Exp(-energies[j]));
            }
        }
        return row;
    }

    private static double[] Next(double[] previous, double[] energies)
    {
        var row = new double[previous.Length];
        var start = Array.IndexOf(previous, 1.0);
        if (start < 0) return row; // past the end
        var stop = Array.FindIndex(energies, start, energy => energy >= 0);
        if (stop >= 0) row[stop] = 1;
        return row;
    }

    private static double[] Share(double[] head, double[] scores, long width)
    {
        var row = new double[head.Length];
        for (var k = 0; k < head.Length; k++)
        {
            if (head[k] == 0) continue;
            var first = (int)Math.Max(0, k - width + 1);
            var total = Enumerable.Range(first, k - first + 1).Sum(m => Math.Exp(scores[m]));
            for (var j = first; j <= k; j++) row[j] += head[k] * Math.Exp(scores[j]) / total;
        }
        return row;
    }

    private static Tensor Share(Tensor head, Tensor exponentials, long width)
    {
        var s = head.size(-1);
        var columns = new Tensor?[s];
        for (var k = 0L; k < s; k++)
        {
            var first = Math.Max(0, k - width + 1);
            var total = exponentials.narrow(-1, first, k - first + 1).sum(-1, keepdim: true);
            var scaled = head.narrow(-1, k, 1) / total.Fill(total.Is(0), 1);
            for (var j = first; j <= k; j++)
            {
                var part = scaled * exponentials.narrow(-1, j, 1);
                columns[j] = columns[j] is { } sum ? Numbers.Sum(sum, part) : part;
            }
        }
        return cat(columns!, -1);
    }
}
