namespace TorchAttention.Tests.Support;

/// <summary>What each normalizer makes of one row, by the plainest algorithm that is exact: sorting, or halving a bracket.</summary>
internal static class RowOracle
{
    internal static double[] Softmax(double[] scores) => OfPresent(scores, highest =>
    {
        var exponentials = Array.ConvertAll(scores, score => Math.Exp(score - highest));
        var sum = exponentials.Sum();
        return Array.ConvertAll(exponentials, exponential => exponential / sum);
    });

    internal static double[] Argmax(double[] scores) => OfPresent(scores, highest =>
    {
        var weights = new double[scores.Length];
        weights[Array.IndexOf(scores, highest)] = 1;
        return weights;
    });

    /// <summary>The support is the longest run of sorted scores whose last one is above the threshold of the run.</summary>
    internal static double[] Sparsemax(double[] scores) => OfPresent(scores, highest =>
    {
        var (sum, threshold, count) = (0.0, 0.0, 0);
        foreach (var score in scores.Select(score => score - highest).OrderDescending())
        {
            if (1 + ((count + 1) * score) <= sum + score) break;
            (sum, count) = (sum + score, count + 1);
            threshold = (sum - 1) / count;
        }
        return Array.ConvertAll(scores, score => Math.Max(score - highest - threshold, 0));
    });

    /// <summary>The threshold by halving, till no number is left between its bounds.</summary>
    internal static double[] Entmax(double[] scores, double alpha) => OfPresent(scores, highest =>
    {
        double[] Weights(double threshold) => Array.ConvertAll(
            scores, score => Math.Pow(Math.Max(((alpha - 1) * (score - highest)) - threshold, 0), 1 / (alpha - 1)));

        var (low, high) = (-1.0, 0.0);
        for (var middle = -0.5; middle > low && middle < high; middle = (low + high) / 2)
        {
            if (Weights(middle).Sum() >= 1) low = middle;
            else high = middle;
        }
        var weights = Weights(low);
        var mass = weights.Sum();
        return Array.ConvertAll(weights, weight => weight / mass);
    });

    internal static double[] TopK(double[] scores, long k)
    {
        var kept = scores.Index().OrderByDescending(entry => entry.Item).Take((int)k).Select(entry => entry.Index).ToHashSet();
        return Softmax([.. scores.Select((score, j) => kept.Contains(j) ? score : double.NegativeInfinity)]);
    }

    private static double[] OfPresent(double[] scores, Func<double, double[]> normalize)
    {
        var highest = scores.Prepend(double.NegativeInfinity).Max();
        return double.IsNegativeInfinity(highest) ? new double[scores.Length] : normalize(highest);
    }
}
