using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>
/// What is added to the scores before they are normalized: a prior over positions or relevance, as an immutable value; two are added with <c>+</c>.
/// </summary>
/// <remarks>
/// A bias of your own derives from this class and implements <see cref="Values"/>. An entry of minus infinity forbids its
/// pair as a mask does, but unlike a mask it does not clear a key or value that holds NaN.
/// </remarks>
public abstract partial class AttentionBias
{
    /// <summary>Adds both biases to the scores.</summary>
    /// <param name="left">One bias.</param>
    /// <param name="right">The other.</param>
    /// <returns>The sum.</returns>
    /// <exception cref="ArgumentNullException">A bias is null.</exception>
    public static AttentionBias operator +(AttentionBias left, AttentionBias right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        return new SumBias(left, right);
    }

    /// <summary>The bias for one call.</summary>
    /// <param name="shape">The scores it is for.</param>
    /// <returns>
    /// A tensor of dtype <see cref="AttentionShape.DType"/> on <see cref="AttentionShape.Device"/> that broadcasts to the
    /// scores (…, l, s).
    /// </returns>
    protected abstract Tensor Values(AttentionShape shape);

    internal Tensor Evaluate(AttentionShape shape)
    {
        var values = Guard.Fits(Values(shape), shape, "bias");
        if (values.dtype != shape.DType)
            throw new ArgumentException($"bias has dtype {values.dtype}, but the inputs have {shape.DType}.", "bias");
        return values;
    }

    private sealed class SumBias(AttentionBias left, AttentionBias right) : AttentionBias
    {
        protected override Tensor Values(AttentionShape shape) => Numbers.Sum(left.Evaluate(shape), right.Evaluate(shape));
    }
}
