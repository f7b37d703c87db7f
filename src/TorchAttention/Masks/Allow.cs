using static TorchSharp.torch;

namespace TorchAttention;

public abstract partial class AttentionMask
{
    /// <summary>Allows the pairs where a tensor is true.</summary>
    /// <param name="allowed">
    /// A bool tensor that broadcasts to the scores (…, l, s), true where attention is allowed; for scores (b, h, l, s) a mask
    /// per sentence is (b, 1, l, s). The mask keeps a reference: the tensor must live as long as the mask is used.
    /// </param>
    /// <returns>The mask.</returns>
    /// <exception cref="ArgumentException">The tensor is not of dtype Bool, or has fewer than two dimensions.</exception>
    public static AttentionMask Allow(Tensor allowed)
    {
        Guard.Alive(allowed, nameof(allowed));
        if (allowed.dtype != ScalarType.Bool)
            throw new ArgumentException($"allowed has dtype {allowed.dtype}; it must be Bool, true where attention is allowed.", nameof(allowed));
        if (allowed.dim() < 2)
            throw new ArgumentException($"allowed {Guard.Show(allowed.shape)} must have at least the dimensions (l, s).", nameof(allowed));
        return new Dense(allowed);
    }

    private sealed class Dense(Tensor allowed) : AttentionMask
    {
        protected override Tensor Allowed(AttentionShape shape) => Guard.Alive(allowed, "mask");
    }
}
