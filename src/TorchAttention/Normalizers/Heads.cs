using TorchSharp;
using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>Parameters of a normalizer that differ from head to head.</summary>
internal static class Heads
{
    /// <summary>One number per head in the shape (h, 1, 1) and the dtype of the scores; one number for all broadcasts to any.</summary>
    /// <exception cref="ArgumentException">The scores have another number of heads.</exception>
    internal static Tensor Over(Tensor scores, Tensor perHead)
    {
        var heads = perHead.size(0);
        if (heads > 1 && (scores.dim() < 3 || scores.size(-3) != heads))
            throw new ArgumentException(
                $"scores {Guard.Show(scores.shape)} must be (…, h, l, s) with {heads} heads, as many as the normalizer has.", nameof(scores));
        if (perHead.device_type != scores.device_type)
            throw new ArgumentException(
                $"scores are on {scores.device}, but the parameters of the normalizer are on {perHead.device}.", nameof(scores));
        return (heads > 1 ? perHead.view(heads, 1, 1) : perHead).to(scores.dtype);
    }
}
