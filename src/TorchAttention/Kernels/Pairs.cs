using TorchSharp;
using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>
/// Which pairs of one call may meet, taken apart so that a kernel need not look at each: a band around the diagonal, the keys that
/// exist for every query, and what is neither.
/// </summary>
internal sealed class Pairs
{
    private readonly AttentionShape shape;
    private readonly long low;
    private readonly long high;
    private Tensor? dense;

    private Pairs(AttentionShape shape, long low, long high, Tensor? keys, Tensor? rest)
    {
        (this.shape, this.low, this.high) = (shape, low, high);
        (Keys, Rest) = (keys, rest);
    }

    /// <summary>The least key index minus query index; no pair is farther apart than 1 - l, and from s on there is none.</summary>
    internal long Low => Math.Min(Math.Max(low, 1 - shape.QueryLength), shape.KeyLength);

    /// <summary>The largest key index minus query index; no pair is farther apart than s - 1, and up to -l there is none.</summary>
    internal long High => Math.Max(Math.Min(high, shape.KeyLength - 1), -shape.QueryLength);

    /// <summary>The keys that every query may attend to, (…, 1, s); null for all.</summary>
    internal Tensor? Keys { get; }

    /// <summary>Pairs that are no matter of distance or of the key alone, (…, l, s); null for all.</summary>
    internal Tensor? Rest { get; }

    /// <summary>Whether the pairs are told by the query, for this number of queries or another.</summary>
    internal bool DependOnQuery => Rest is not null || low > long.MinValue || high < long.MaxValue;

    /// <summary>Whether the band leaves a pair out.</summary>
    internal bool IsBand => Low > 1 - shape.QueryLength || High < shape.KeyLength - 1;

    /// <summary>Whether query i may attend to the keys 0 … i, as many keys as queries, and that is all.</summary>
    internal bool IsCausal =>
        Keys is null && Rest is null && High == 0 && Low == 1 - shape.QueryLength && shape.KeyLength == shape.QueryLength;

    /// <summary>Whether the band is that of <see cref="AttentionMask.Causal"/>: every key up to the query, the last query standing at the last.</summary>
    internal bool IsTriangle => Low == 1 - shape.QueryLength && High == shape.KeyLength - shape.QueryLength;

    /// <summary>The band alone: every key from query index + low to query index + high.</summary>
    internal static Pairs Band(AttentionShape shape, long low, long high) => new(shape, low, high, null, null);

    /// <summary>What a bool tensor says that broadcasts to (…, l, s).</summary>
    internal static Pairs Of(AttentionShape shape, Tensor allowed) => allowed.size(-2) == 1
        ? new(shape, long.MinValue, long.MaxValue, allowed, null)
        : new(shape, long.MinValue, long.MaxValue, null, allowed);

    /// <summary>The pairs of both.</summary>
    internal static Pairs? Both(Pairs? left, Pairs? right) => left is null ? right : right is null ? left : new(
        left.shape, Math.Max(left.low, right.low), Math.Min(left.high, right.high), Both(left.Keys, right.Keys), Both(left.Rest, right.Rest));

    /// <summary>Everything in one tensor (…, l or 1, s); null where every pair may meet.</summary>
    internal Tensor? Dense => dense ??= Both(IsBand ? InBand() : null, Table);

    /// <summary>Everything but the band, (…, l or 1, s); null where that leaves no pair out.</summary>
    internal Tensor? Table => Both(Keys, Rest);

    /// <summary>The entries of <see cref="Table"/>, which need not be made for it.</summary>
    internal long TableSize => (Keys, Rest) switch
    {
        (null, null) => 0,
        ({ } keys, null) => keys.numel(),
        (null, { } rest) => rest.numel(),
        var (keys, rest) => Guard.Broadcast(keys.shape, rest.shape)!.Aggregate(1L, (product, size) => product * size),
    };

    /// <summary>The pairs that may meet in some head, the dimension before the last two: without that dimension.</summary>
    internal Pairs ForAnyHead => Keys is not null && Rest is not null
        ? new Pairs(shape, low, high, null, Table).ForAnyHead
        : Map(tensor => tensor.dim() < 3 ? tensor : tensor.any(-3));

    /// <summary>The same with other tensors.</summary>
    internal Pairs Map(Func<Tensor, Tensor> change) =>
        new(shape, low, high, Keys is null ? null : change(Keys), Rest is null ? null : change(Rest));

    /// <summary>The same for a block of the pairs, from its part of the tensors.</summary>
    internal Pairs Within(QueryBlock block, Tensor? keys, Tensor? rest) =>
        new(shape.Within(block), Low - block.Offset, High - block.Offset, keys, rest);

    /// <summary>The keys that some query may attend to, (…, s); null for all.</summary>
    internal Tensor? Reachable
    {
        get
        {
            if (Rest is not null || shape.QueryLength == 0) return Dense?.any(-2);
            var (first, last) = (Math.Max(Low, 0), Math.Min(High + shape.QueryLength - 1, shape.KeyLength - 1));
            var keys = Keys?.squeeze(-2);
            if (Low <= High && first == 0 && last == shape.KeyLength - 1) return keys;
            var positions = Positions(shape.KeyLength);
            var within = positions.AtLeast(first).logical_and(positions.AtMost(Low <= High ? last : -1));
            return Both(within, keys);
        }
    }

    private Tensor InBand()
    {
        var distance = Positions(shape.KeyLength) - Positions(shape.QueryLength).unsqueeze(-1); // (l, s)
        return distance.AtLeast(Low).logical_and(distance.AtMost(High));
    }

    private Tensor Positions(long count) => Numbers.Range(0, count, ScalarType.Int64, shape.Device);

    private static Tensor? Both(Tensor? left, Tensor? right) =>
        left is null ? right : right is null ? left : left.logical_and(right);
}
