using TorchAttention.Tests.Support;

namespace TorchAttention.Tests.Kernels.Flex;

/// <summary>What becomes of a score; minus infinity for a pair that may not meet.</summary>
internal delegate double PairModified(double score, long batch, long head, long i, long j);

/// <summary>What a weight is multiplied by before it meets its value: dropout's choice.</summary>
internal delegate double PairFactor(long batch, long head, long i, long j);

/// <summary>The flexible kernel in float64 by nested loops, forward and backward, with whole matrices.</summary>
internal sealed class FlexOracle
{
    private readonly FlexSizes sizes;
    private readonly Grid query;
    private readonly Grid key;
    private readonly Grid value;
    private readonly double scale;
    private readonly PairFactor factor;

    internal FlexOracle(
        FlexSizes sizes, Grid query, Grid key, Grid value, PairModified modified, double scale, double[]? sink = null, PairFactor? factor = null)
    {
        (this.sizes, this.query, this.key, this.value, this.scale) = (sizes, query, key, value, scale);
        this.factor = factor ?? ((_, _, _, _) => 1);
        Scores = Grid.Zeros(sizes.Batch, sizes.Heads, sizes.Queries, sizes.Keys);
        Weights = Grid.Zeros(Scores.Shape);
        Context = Grid.Zeros(sizes.Batch, sizes.Heads, sizes.Queries, sizes.ValueSize);
        LogSumExp = Grid.Zeros(sizes.Batch, sizes.Heads, sizes.Queries);
        SinkWeights = Grid.Zeros(LogSumExp.Shape);
        var row = 0;
        foreach (var at in Grid.Indices([sizes.Batch, sizes.Heads]))
            for (var i = 0L; i < sizes.Queries; i++) Attend(at, i, row++, modified, sink?[at[1]] ?? double.NegativeInfinity);
    }

    internal Grid Scores { get; }

    internal Grid Weights { get; }

    internal Grid Context { get; }

    internal Grid LogSumExp { get; }

    private Grid SinkWeights { get; }

    /// <summary>The gradients of Σ context · c + Σ weights · w + Σ log-sum-exp · n.</summary>
    internal FlexGradient Gradient(Grid ofContext, Grid ofWeights, Grid ofLogSumExp, PairModified modified)
    {
        var result = new FlexGradient(
            Grid.Zeros(query.Shape), Grid.Zeros(key.Shape), Grid.Zeros(value.Shape), Grid.Zeros(Scores.Shape), new double[sizes.Heads]);
        var row = 0;
        foreach (var at in Grid.Indices([sizes.Batch, sizes.Heads]))
            for (var i = 0L; i < sizes.Queries; i++)
            {
                AddRow(result, at, i, row, ofContext.Row(at, i), ofWeights.Row(at, i), ofLogSumExp.Numbers[row], modified);
                row++;
            }
        return result;
    }

    private long[] Shared(long[] at) => [at[0], at[1] / sizes.Shared];

    private void Attend(long[] at, long i, int row, PairModified modified, double sink)
    {
        var weights = Weights.Row(at, i);
        var scores = Scores.Row(at, i);
        var largest = sink;
        for (var j = 0; j < sizes.Keys; j++)
        {
            scores[j] = Dot(query.Row(at, i), key.Row(Shared(at), j)) * scale;
            weights[j] = modified(scores[j], at[0], at[1], i, j);
            largest = Math.Max(largest, weights[j]);
        }
        LogSumExp.Numbers[row] = double.NegativeInfinity;
        if (double.IsNegativeInfinity(largest))
        {
            weights.Clear();
            return;
        }

        var sum = Math.Exp(sink - largest);
        foreach (var weight in weights) sum += Math.Exp(weight - largest);
        LogSumExp.Numbers[row] = largest + Math.Log(sum);
        SinkWeights.Numbers[row] = Math.Exp(sink - largest) / sum;
        var context = Context.Row(at, i);
        for (var j = 0; j < sizes.Keys; j++)
        {
            weights[j] = Math.Exp(weights[j] - largest) / sum;
            if (weights[j] == 0) continue;
            var source = value.Row(Shared(at), j);
            for (var n = 0; n < context.Length; n++) context[n] += weights[j] * factor(at[0], at[1], i, j) * source[n];
        }
    }

    private void AddRow(
        FlexGradient result, long[] at, long i, int row, Span<double> ofContext, Span<double> ofWeights, double ofLogSumExp, PairModified modified)
    {
        var shared = Shared(at);
        var weights = Weights.Row(at, i);
        var ofWeight = new double[sizes.Keys];
        var mean = 0.0;
        for (var j = 0; j < sizes.Keys; j++)
        {
            if (weights[j] == 0) continue;
            ofWeight[j] = factor(at[0], at[1], i, j) * Dot(ofContext, value.Row(shared, j)) + ofWeights[j];
            mean += weights[j] * ofWeight[j];
        }
        result.Sink[at[1]] += SinkWeights.Numbers[row] * (ofLogSumExp - mean);
        for (var j = 0; j < sizes.Keys; j++)
        {
            if (weights[j] == 0) continue;
            var ofModified = weights[j] * (ofWeight[j] - mean + ofLogSumExp);
            result.Modified.Row(at, i)[j] = ofModified;
            var slope = Slope(score => modified(score, at[0], at[1], i, j), Scores.Row(at, i)[j]);
            Add(result.Query.Row(at, i), key.Row(shared, j), ofModified * slope * scale);
            Add(result.Key.Row(shared, j), query.Row(at, i), ofModified * slope * scale);
            Add(result.Value.Row(shared, j), ofContext, weights[j] * factor(at[0], at[1], i, j));
        }
    }

    /// <summary>A central difference, exact to ten digits: more than float32 has.</summary>
    internal static double Slope(Func<double, double> function, double x) => (function(x + 1e-5) - function(x - 1e-5)) / 2e-5;

    private static double Dot(ReadOnlySpan<double> left, ReadOnlySpan<double> right)
    {
        var sum = 0.0;
        for (var n = 0; n < left.Length; n++) sum += left[n] * right[n];
        return sum;
    }

    private static void Add(Span<double> target, ReadOnlySpan<double> source, double factor)
    {
        for (var n = 0; n < target.Length; n++) target[n] += factor * source[n];
    }
}

/// <summary>Gradients of the inputs, of the modified scores and of the sink.</summary>
internal sealed record FlexGradient(Grid Query, Grid Key, Grid Value, Grid Modified, double[] Sink);
