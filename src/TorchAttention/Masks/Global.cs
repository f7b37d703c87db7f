using static TorchSharp.torch;

namespace TorchAttention;

public abstract partial class AttentionMask
{
    /// <summary>
    /// Makes the first positions global: they see every key, and every query sees them. Query i sees key j if its own position
    /// p = i + s - l is one of 0 … count - 1, or if j is.
    /// </summary>
    /// <remarks>
    /// To be joined with what the others see, as in <c>Window(3, 3) | Global(1)</c>. Source: Beltagy, Peters and Cohan (2020),
    /// "global attention", here without their separate projections for global positions.
    /// </remarks>
    /// <param name="count">How many positions are global, at least 0.</param>
    /// <returns>The mask.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The count is negative.</exception>
    public static AttentionMask Global(long count) => new GlobalMask(Guard.NotNegative(count, nameof(count)));

    private sealed class GlobalMask(long count) : AttentionMask
    {
        protected override Tensor Allowed(AttentionShape shape)
        {
            var positions = Positions(shape, shape.KeyLength - shape.QueryLength); // (l, 1); negative before the first key
            var seesAll = positions.AtLeast(0).logical_and(positions.AtMost(count - 1));
            return seesAll.logical_or(Keys(shape).AtMost(count - 1)); // (l, s)
        }
    }
}
