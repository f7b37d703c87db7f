using TorchSharp;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Support;

/// <summary>The sparse normalizers as one writes them in torch: by sorting where there is a formula, with autograd's gradient.</summary>
internal static class NaiveNormalizer
{
    /// <summary>Martins and Astudillo (2016), algorithm 1.</summary>
    internal static Tensor Sparsemax(Tensor scores)
    {
        var sorted = Present(scores).sort(-1, descending: true).Values;
        var sums = sorted.cumsum(-1).Plus(-1);
        var count = (sorted * Counts(scores)).greater(sums).sum(-1, keepdim: true).NotBelow(1);
        return (scores - sums.gather(-1, count.Plus(-1)) / count).relu();
    }

    /// <summary>Peters, Niculae and Martins (2019), algorithm 2: the threshold from mean and variance of the highest.</summary>
    internal static Tensor Entmax15(Tensor scores)
    {
        var halves = scores.Over(2);
        var sorted = Present(halves).sort(-1, descending: true).Values;
        var counts = Counts(scores);
        var means = sorted.cumsum(-1) / counts;
        var spread = counts * (sorted.Squared().cumsum(-1) / counts - means.Squared());
        var thresholds = means - (spread.neg().Plus(1) / counts).NotBelow(1e-30).sqrt();
        var count = thresholds.less_equal(sorted).sum(-1, keepdim: true).NotBelow(1);
        return (halves - thresholds.gather(-1, count.Plus(-1))).relu().Squared();
    }

    /// <summary>By halving; the last step is Newton's, with a gradient.</summary>
    internal static Tensor Entmax(Tensor scores, Tensor alpha)
    {
        var scale = alpha.Plus(-1);
        var power = scale.reciprocal();
        var shifted = (Present(scores) - scores.detach().amax([-1], keepdim: true)) * scale;
        var threshold = zeros_like(shifted.detach().narrow(-1, 0, 1)).Plus(-1);
        for (var step = 0.5; step > 1e-17; step /= 2)
        {
            var higher = threshold.Plus(step);
            threshold = where((shifted - higher).relu().pow(power).sum(-1, keepdim: true).AtLeast(1), higher, threshold).detach();
        }
        var residual = shifted - threshold;
        var inside = residual.greater(zeros_like(residual));
        residual = residual.Fill(inside.logical_not(), 1); // keeps infinite slopes out of the gradient
        var slope = residual.pow(power.Plus(-1)).Fill(inside.logical_not(), 0).sum(-1, keepdim: true) * power;
        var mass = residual.pow(power).Fill(inside.logical_not(), 0).sum(-1, keepdim: true);
        var moved = residual - mass.Plus(-1) / slope.detach();
        return moved.Fill(inside.logical_not(), 1).relu().pow(power).Fill(inside.logical_not(), 0);
    }

    internal static Tensor TopK(Tensor scores, long k)
    {
        var last = scores.detach().topk((int)Math.Min(k, scores.size(-1)), -1).values.amin([-1], keepdim: true);
        return scores.Fill(scores.less(last), double.NegativeInfinity).softmax(-1);
    }

    /// <summary>Absent entries far below all others instead of minus infinity, whose sums and products have no gradient.</summary>
    private static Tensor Present(Tensor scores) => scores.Fill(scores.Is(double.NegativeInfinity), -1000);

    private static Tensor Counts(Tensor scores) => Numbers.Range(1, scores.size(-1) + 1, scores.dtype, scores.device);
}
