using TorchSharp;
using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>Entmax in operations of torch: for any device, and for derivatives of derivatives. Minus infinity is absent.</summary>
/// <remarks>α is a number for all scores or broadcasts to them.</remarks>
internal static class EntmaxTensors
{
    /// <summary>The weights, without a gradient; the threshold by halving its bracket.</summary>
    internal static Tensor Weights(Tensor scores, Tensor alpha)
    {
        var scale = alpha.Plus(-1);
        var power = scale.reciprocal();
        var absent = scores.Is(double.NegativeInfinity);
        var highest = scores.amax([-1], keepdim: true).Fill(absent.all(-1, keepdim: true), 0);
        var shifted = (scores - highest) * scale;                          // (…, l, s), the highest is zero
        var threshold = zeros_like(shifted.narrow(-1, 0, 1)).Plus(-1);     // (…, l, 1), always too low or right
        var bits = scores.dtype == ScalarType.Float64 ? 53 : 24;
        for (var step = 0.5; bits > 0; bits--, step /= 2)
        {
            using var scope = NewDisposeScope();
            var higher = threshold.Plus(step);
            var enough = (shifted - higher).relu().pow(power).sum(-1, keepdim: true).AtLeast(1);
            threshold = where(enough, higher, threshold).MoveToOuterDisposeScope();
        }
        var weights = (shifted - threshold).relu().pow(power);
        return (weights / weights.sum(-1, keepdim: true)).Fill(absent, 0);
    }

    /// <summary>
    /// The gradients of the scores and, if it requires one, of α. With c the upstream gradient minus its mean under the slopes
    /// p^(2 - α), that of the scores is slope · c, and that of α the sum of p (β - log p) β c, where β = 1 / (α - 1).
    /// </summary>
    internal static (Tensor Scores, Tensor? Alpha) Gradients(Tensor weights, Tensor upstream, Tensor alpha)
    {
        var absent = weights.Is(0); // where the slope may be infinite, and its derivative is
        var present = weights.Fill(absent, 1);
        var slopes = present.pow(alpha.neg().Plus(2)).Fill(absent, 0);
        var total = slopes.sum(-1, keepdim: true); // zero for a row without entries
        var mean = (slopes * upstream.Fill(absent, 0)).sum(-1, keepdim: true) / total.Fill(total.Is(0), 1);
        var centred = (upstream - mean).Fill(absent, 0);
        if (!alpha.requires_grad) return (slopes * centred, null);

        var power = alpha.Plus(-1).reciprocal();
        return (slopes * centred, (weights * (power - present.log()) * power * centred).SumTo(alpha));
    }
}
