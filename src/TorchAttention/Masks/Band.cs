using static TorchSharp.torch;

namespace TorchAttention;

public abstract partial class AttentionMask
{
    /// <summary>
    /// Allows no key after the query, aligned at the end: query i sees keys 0 … i + s - l, the last query sees every key.
    /// </summary>
    public static AttentionMask Causal { get; } = new Band(null, 0);

    /// <summary>Allows no key after the query, aligned at the start: query i sees keys 0 … i, whatever s is.</summary>
    public static AttentionMask CausalTopLeft { get; } = new Band(null, 0, first: 0);

    /// <summary>
    /// Allows the keys near the query: position p sees the keys p + m · dilation for every whole m from -left to right, both ends
    /// included, where query i stands at position p = i + s - l.
    /// </summary>
    /// <remarks>
    /// These are left + right + 1 keys, the position itself among them; those before the first key or after the last one do not
    /// exist. (0, 0) is the position itself alone. With a dilation above 1 the window has gaps and reaches dilation times as far.
    /// Source: Beltagy, Peters and Cohan (2020).
    /// </remarks>
    /// <param name="left">How many keys before the position, at least 0.</param>
    /// <param name="right">How many keys after the position, at least 0.</param>
    /// <param name="dilation">The distance from one key to the next, at least 1; with 1 the window has no gaps.</param>
    /// <returns>The mask.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A width is negative, or the dilation is not positive.</exception>
    public static AttentionMask Window(long left, long right, long dilation = 1) => Around(left, right, dilation, first: null);

    /// <summary>The same as <see cref="Window"/>, aligned at the start: query i stands at position p = first + i, whatever s is.</summary>
    /// <remarks>
    /// With left = right = D it is the monotonic window of Luong, Pham and Manning (2015), "local-m": the target word t looks at
    /// the source words t - D … t + D. A decoder that passes one query at a time says with <paramref name="first"/> which one.
    /// </remarks>
    /// <param name="left">How many keys before the position, at least 0.</param>
    /// <param name="right">How many keys after the position, at least 0.</param>
    /// <param name="dilation">The distance from one key to the next, at least 1; with 1 the window has no gaps.</param>
    /// <param name="first">The position of the first query, at least 0.</param>
    /// <returns>The mask.</returns>
    /// <exception cref="ArgumentOutOfRangeException">
    /// A width or the first position is negative, or the dilation is not positive.
    /// </exception>
    public static AttentionMask WindowTopLeft(long left, long right, long dilation = 1, long first = 0) =>
        Around(left, right, dilation, Guard.NotNegative(first, nameof(first)));

    private static Band Around(long left, long right, long dilation, long? first) => new(
        Guard.NotNegative(left, nameof(left)), Guard.NotNegative(right, nameof(right)), Guard.Size(dilation, nameof(dilation)), first);

    /// <summary>The positions of the queries, (l, 1), where the first one stands at the given position.</summary>
    private static Tensor Positions(AttentionShape shape, long first) =>
        Numbers.Range(0, shape.QueryLength, ScalarType.Int64, shape.Device).Plus(first).unsqueeze(-1);

    /// <summary>The positions of the keys, (s).</summary>
    private static Tensor Keys(AttentionShape shape) => Numbers.Range(0, shape.KeyLength, ScalarType.Int64, shape.Device);

    /// <summary>
    /// Every dilation-th key from position - left · dilation to position + right · dilation; without a left, from the first key.
    /// The first query stands at the given position, or where the last one stands at the last key.
    /// </summary>
    private sealed class Band(long? left, long right, long dilation = 1, long? first = null) : AttentionMask
    {
        internal override Pairs Meeting(AttentionShape shape)
        {
            if (dilation > 1) return base.Meeting(shape);
            const long far = long.MaxValue / 4; // beyond any position, with room for sums
            var position = First(shape);
            return Pairs.Band(
                shape, left is { } before ? position - Math.Min(before, far) : long.MinValue, position + Math.Min(right, far));
        }

        protected override Tensor Allowed(AttentionShape shape)
        {
            var distance = Keys(shape) - Positions(shape, First(shape)); // (l, s)
            var allowed = distance.AtMost(Reach(right));
            if (left is { } before) allowed = allowed.logical_and(distance.AtLeast(-Reach(before)));
            return dilation == 1 ? allowed : allowed.logical_and(distance.Modulo(dilation).Is(0));
        }

        /// <summary>Where the first query stands.</summary>
        private long First(AttentionShape shape) => first ?? shape.KeyLength - shape.QueryLength;

        /// <summary>A width in positions; no key is farther away than the largest number.</summary>
        private long Reach(long width) => width > long.MaxValue / dilation ? long.MaxValue : width * dilation;
    }
}
