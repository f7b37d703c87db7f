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

    /// <summary>What the bias comes to in one call.</summary>
    internal virtual Addends AddedTo(AttentionShape shape) =>
        Addends.Of(shape, Guard.Fits(OfScores(Values(shape), shape), shape, "bias"));

    private static Tensor OfScores(Tensor values, AttentionShape shape) => Guard.Alive(values, "bias").dtype == shape.DType
        ? values
        : throw new ArgumentException($"bias has dtype {values.dtype}, but the inputs have {shape.DType}.", "bias");

    private sealed class SumBias(AttentionBias left, AttentionBias right) : AttentionBias
    {
        internal override Addends AddedTo(AttentionShape shape) => Addends.Sum(left.AddedTo(shape), right.AddedTo(shape));

        protected override Tensor Values(AttentionShape shape) => AddedTo(shape).Dense;
    }

    /// <summary>A bias that depends on nothing but the head and how far the key is from the query.</summary>
    private abstract class DistanceBias : AttentionBias
    {
        internal sealed override Addends AddedTo(AttentionShape shape)
        {
            var diagonals = Diagonals(shape);
            var heads = diagonals.size(0);
            Guard.SizesFit(heads == 1 ? [shape.QueryLength, shape.KeyLength] : [heads, shape.QueryLength, shape.KeyLength], shape, "bias");
            return Addends.Along(shape, diagonals);
        }

        /// <summary>(h, l + s), or (1, l + s) for all heads alike: entry n is for j - p = n - s, where p = i + s - l.</summary>
        protected abstract Tensor Diagonals(AttentionShape shape);

        protected sealed override Tensor Values(AttentionShape shape) => AddedTo(shape).Dense;
    }
}
