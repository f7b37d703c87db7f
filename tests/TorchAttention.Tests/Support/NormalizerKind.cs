using TorchSharp;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Support;

/// <summary>
/// A normalizer with its meaning twice: for one row of scores in plain C#, and written out in torch. An absent entry is minus
/// infinity; a row of nothing but those becomes zero.
/// </summary>
internal sealed record NormalizerKind(string Name, Func<double[], double[]> Row, Func<Tensor, Tensor> Naive)
{
    internal static readonly NormalizerKind Softmax = new("softmax", OfSoftmax, scores => scores.softmax(-1));

    internal static readonly NormalizerKind Argmax = new("argmax", OfArgmax, scores =>
        zeros_like(scores).scatter_(-1, scores.argmax(-1, keepdim: true), ones_like(scores)));

    public override string ToString() => Name;

    private static double[] OfSoftmax(double[] scores)
    {
        var highest = scores.Prepend(double.NegativeInfinity).Max();
        if (double.IsNegativeInfinity(highest)) return new double[scores.Length];
        var exponentials = Array.ConvertAll(scores, score => Math.Exp(score - highest));
        var sum = exponentials.Sum();
        return Array.ConvertAll(exponentials, exponential => exponential / sum);
    }

    private static double[] OfArgmax(double[] scores)
    {
        var weights = new double[scores.Length];
        var best = Array.IndexOf(scores, scores.Prepend(double.NegativeInfinity).Max());
        if (best >= 0 && !double.IsNegativeInfinity(scores[best])) weights[best] = 1;
        return weights;
    }
}
