using static TorchSharp.torch;

namespace TorchAttention;

public abstract partial class AttentionBias
{
    /// <summary>Adds a tensor to the scores; gradients flow back to it.</summary>
    /// <param name="values">
    /// A tensor of the inputs' dtype that broadcasts to the scores (…, l, s). The bias keeps a reference: the tensor must live
    /// as long as the bias is used.
    /// </param>
    /// <returns>The bias.</returns>
    /// <exception cref="ArgumentException">The tensor has fewer than two dimensions, or does not fit when it is used.</exception>
    public static AttentionBias Dense(Tensor values)
    {
        Guard.Alive(values, nameof(values));
        if (values.dim() < 2)
            throw new ArgumentException($"values {Guard.Show(values.shape)} must have at least the dimensions (l, s).", nameof(values));
        return new DenseBias(values);
    }

    private sealed class DenseBias(Tensor values) : AttentionBias
    {
        protected override Tensor Values(AttentionShape shape) => Guard.Alive(values, "bias");
    }
}
