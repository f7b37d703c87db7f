using TorchSharp;
using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>A softmax within each segment of a list, whose rows lie in any order: weight = exp(score) / Σ exp(score).</summary>
internal static class SegmentSoftmax
{
    /// <param name="scores">(n, h), float32 or float64.</param>
    /// <param name="segment">For each row the segment it belongs to, (n), Int64.</param>
    /// <param name="segments">How many segments there are.</param>
    /// <returns>The weights (n, h).</returns>
    internal static Tensor Of(Tensor scores, Tensor segment, long segments)
    {
        if (scores.size(0) == 0) return scores.alias();
        // Its own maximum for every segment: a common one would let the others underflow to 0 / 0.
        var highest = Highest(scores.detach(), segment, segments).index_select(0, segment);
        var exponentials = (scores - highest).exp();
        var sums = zeros(segments, scores.size(-1), dtype: scores.dtype, device: scores.device).AddRows(segment, exponentials);
        return exponentials / sums.index_select(0, segment);
    }

    /// <summary>
    /// The highest score of each segment, (segments, h), anything for an empty one. TorchSharp has no reduction by index for this,
    /// so the rows are put in order of their segments, and doubling steps carry the maximum to the end of each.
    /// </summary>
    private static Tensor Highest(Tensor scores, Tensor segment, long segments)
    {
        var (n, order) = (scores.size(0), segment.argsort());
        var sorted = segment.index_select(0, order).unsqueeze(-1); // (n, 1)
        var highest = scores.index_select(0, order);               // (n, h), of the segment up to the row
        var counts = segment.bincount(null, segments);
        var longest = counts.max().item<long>();
        for (var reach = 1L; reach < longest; reach *= 2)
        {
            Tensor before = highest.narrow(0, 0, n - reach), here = highest.narrow(0, reach, n - reach);
            var same = sorted.narrow(0, 0, n - reach).eq(sorted.narrow(0, reach, n - reach));
            highest = cat([highest.narrow(0, 0, reach), where(same, before.maximum(here), here)], 0);
        }
        return highest.index_select(0, counts.cumsum(0).Plus(-1).relu()); // relu: an empty first segment ends before row 0
    }
}
