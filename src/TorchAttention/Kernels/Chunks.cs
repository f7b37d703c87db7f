using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>Monotonic chunkwise attention: where the head stops, a softmax over the last few keys takes its weight.</summary>
internal static class Chunks
{
    /// <summary>
    /// weight_ij = Σ_k alignment_ik · exp(score_ij) / Σ_m exp(score_im), k over the chunks j … j + w - 1 that end no earlier than
    /// key j, m over the keys k - w + 1 … k of a chunk. Every chunk has a softmax of its own, so none can underflow.
    /// </summary>
    /// <param name="alignment">(…, l, s), float32 or float64.</param>
    /// <param name="scores">(…, l, s), minus infinity where a key is masked.</param>
    /// <param name="width">w, the number of keys in a chunk.</param>
    /// <returns>The weights (…, l, s). They sum to what the alignment does.</returns>
    internal static Tensor Spread(Tensor alignment, Tensor scores, long width)
    {
        var s = scores.size(-1);
        width = Math.Min(width, s);
        if (width <= 1) return alignment;

        // Entry m of chunk k is key k - w + 1 + m.
        var padded = nn.functional.pad(scores, [width - 1, 0], value: double.NegativeInfinity);
        var present = Present.Of(padded.unfold(-1, width, 1), null); // (…, l, s, w)
        var shares = present.Clear(present.Scores.softmax(-1)) * alignment.unsqueeze(-1);

        var weights = shares.select(-1, width - 1);
        for (var back = 1L; back < width; back++)
        {
            var share = shares.select(-1, width - 1 - back).narrow(-1, back, s - back); // of the key that far before its chunk's end
            weights = Numbers.Sum(weights, nn.functional.pad(share, [0, back]));
        }
        return weights;
    }
}
