using static TorchSharp.torch;

namespace TorchAttention;

public abstract partial class AttentionMask
{
    /// <summary>
    /// Allows no key after the query, aligned at the end: query i sees keys 0 … i + s - l, the last query sees every key.
    /// </summary>
    public static AttentionMask Causal { get; } = new Band(null, 0, fromTop: false);

    /// <summary>Allows no key after the query, aligned at the start: query i sees keys 0 … i, whatever s is.</summary>
    public static AttentionMask CausalTopLeft { get; } = new Band(null, 0, fromTop: true);

    /// <summary>
    /// Allows the keys near the query: position p sees p - left … p + right, both ends included, where query i stands at
    /// position p = i + s - l. (0, 0) is the position itself alone.
    /// </summary>
    /// <param name="left">How many keys before the position, at least 0.</param>
    /// <param name="right">How many keys after the position, at least 0.</param>
    /// <returns>The mask.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A width is negative.</exception>
    public static AttentionMask Window(long left, long right) =>
        new Band(Guard.NotNegative(left, nameof(left)), Guard.NotNegative(right, nameof(right)), fromTop: false);

    /// <summary>Keys from position - left to position + right; without a left, from the first key.</summary>
    private sealed class Band(long? left, long right, bool fromTop) : AttentionMask
    {
        protected override Tensor Allowed(AttentionShape shape)
        {
            var first = fromTop ? 0 : shape.KeyLength - shape.QueryLength;
            var position = Numbers.Range(first, first + shape.QueryLength, ScalarType.Int64, shape.Device).unsqueeze(-1);
            var distance = Numbers.Range(0, shape.KeyLength, ScalarType.Int64, shape.Device) - position; // (l, s)
            var allowed = distance.AtMost(right);
            return left is { } reach ? allowed.logical_and(distance.AtLeast(-reach)) : allowed;
        }
    }
}
