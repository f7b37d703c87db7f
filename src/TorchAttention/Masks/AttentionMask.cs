using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>
/// Which query may attend to which key: an immutable value that says what is <em>allowed</em>, joined with <c>&amp;</c> and <c>|</c>.
/// </summary>
/// <remarks>
/// A mask of your own derives from this class and implements <see cref="Allowed"/>. Positions in a mask are aligned at the
/// end where l and s differ: query i stands at key position i + s - l, so the last query stands at the last key. That is
/// what decoding with a cache needs; <see cref="CausalTopLeft"/> and <see cref="WindowTopLeft"/> are the exceptions.
/// </remarks>
public abstract partial class AttentionMask
{
    /// <summary>Allows what both masks allow.</summary>
    /// <param name="left">One mask.</param>
    /// <param name="right">The other.</param>
    /// <returns>The conjunction.</returns>
    /// <exception cref="ArgumentNullException">A mask is null.</exception>
    public static AttentionMask operator &(AttentionMask left, AttentionMask right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        return new Conjunction(left, right);
    }

    /// <summary>Allows what either mask allows; <c>&amp;</c> binds tighter.</summary>
    /// <param name="left">One mask.</param>
    /// <param name="right">The other.</param>
    /// <returns>The disjunction.</returns>
    /// <exception cref="ArgumentNullException">A mask is null.</exception>
    public static AttentionMask operator |(AttentionMask left, AttentionMask right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        return new Disjunction(left, right);
    }

    /// <summary>The mask for one call: true where a query may attend.</summary>
    /// <param name="shape">The scores it is for.</param>
    /// <returns>A bool tensor on <see cref="AttentionShape.Device"/> that broadcasts to the scores (…, l, s).</returns>
    protected abstract Tensor Allowed(AttentionShape shape);

    /// <summary>Which pairs may meet, told without a look at every pair where the mask can do that.</summary>
    internal virtual Pairs Meeting(AttentionShape shape) => Pairs.Of(shape, Evaluate(shape));

    internal Tensor Evaluate(AttentionShape shape)
    {
        var allowed = Guard.Fits(Allowed(shape), shape, "mask");
        if (allowed.dtype != ScalarType.Bool)
            throw new ArgumentException($"mask has dtype {allowed.dtype}; it must be Bool, true where attention is allowed.", "mask");
        return allowed.dim() < 2 ? allowed.expand(1, shape.KeyLength) : allowed; // (…, l or 1, s), for all that follows
    }

    internal static Tensor? Both(Tensor? left, Tensor? right) =>
        left is null ? right : right is null ? left : left.logical_and(right);

    internal static AttentionMask? Both(AttentionMask? left, AttentionMask? right) =>
        left is null ? right : right is null ? left : left & right;

    private sealed class Conjunction(AttentionMask left, AttentionMask right) : AttentionMask
    {
        internal override Pairs Meeting(AttentionShape shape) => Pairs.Both(left.Meeting(shape), right.Meeting(shape))!;

        protected override Tensor Allowed(AttentionShape shape) => Both(left.Evaluate(shape), right.Evaluate(shape))!;
    }

    private sealed class Disjunction(AttentionMask left, AttentionMask right) : AttentionMask
    {
        protected override Tensor Allowed(AttentionShape shape) => left.Evaluate(shape).logical_or(right.Evaluate(shape));
    }
}
