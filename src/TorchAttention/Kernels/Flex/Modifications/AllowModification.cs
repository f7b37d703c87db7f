using System.Runtime.CompilerServices;
using TorchSharp;
using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>The pairs where a tensor is true, as <see cref="AttentionMask.Allow"/> says.</summary>
public readonly struct AllowModification : IScoreModification
{
    private readonly Tensor allowed;
    private readonly int batch; // how far the flags of the next batch item, head and query are
    private readonly int head;
    private readonly int query;
    private readonly int keys; // the flags of a query: s, or one for all keys

    /// <summary>Creates the mask.</summary>
    /// <param name="allowed">
    /// Bool on the CPU, of two to four dimensions: (l, s), (h, l, s) or (b, h, l, s), where any size may be 1. It must live as long as
    /// the modification is used.
    /// </param>
    /// <exception cref="ArgumentException">The tensor is not that.</exception>
    public AllowModification(Tensor allowed)
    {
        Guard.Alive(allowed, nameof(allowed));
        if (allowed.dtype != ScalarType.Bool || allowed.dim() is < 2 or > 4)
            throw new ArgumentException(
                $"allowed must be Bool of 2 to 4 dimensions, but is {allowed.dtype} {Guard.Show(allowed.shape)}.", nameof(allowed));
        this.allowed = allowed;
        var sizes = Enumerable.Repeat(1L, 4 - (int)allowed.dim()).Concat(allowed.shape).Select(size => (int)size).ToArray();
        keys = sizes[3];
        query = sizes[2] == 1 ? 0 : keys;
        head = sizes[1] == 1 ? 0 : sizes[2] * keys;
        batch = sizes[0] == 1 ? 0 : sizes[1] * sizes[2] * keys;
    }

    /// <inheritdoc/>
    public void Check(int batch, int heads, int queryLength, int keyLength)
    {
        long[] scores = [batch, heads, queryLength, keyLength];
        var common = allowed is null ? null : Guard.Broadcast(allowed.shape, scores);
        if (common is null || !common.SequenceEqual(scores))
            throw new ArgumentException(
                $"modification {Guard.Show(allowed?.shape ?? [])} does not broadcast to the scores {Guard.Show(scores)}.", "modification");
    }

    /// <inheritdoc/>
    public Tensor? Flags => allowed;

    /// <inheritdoc/>
    public TileKind Classify(in ScoreTile tile)
    {
        var (isAny, isAll) = (false, true);
        for (var i = tile.FirstQuery; i <= tile.LastQuery; i++)
        {
            var flags = Row(tile.Flags, tile.Batch, tile.Head, i);
            if (keys > 1) flags = flags[tile.FirstKey..(tile.LastKey + 1)];
            isAny |= flags.ContainsAnyExcept((byte)0);
            isAll &= !flags.Contains((byte)0);
            if (isAny && !isAll) return TileKind.Modified;
        }
        return isAny ? TileKind.Unchanged : TileKind.Empty;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLanes Modify<TLanes>(TLanes scores, TLanes keys, in ScorePosition at)
        where TLanes : struct, ILanes<TLanes>
    {
        var masked = TLanes.Of(float.NegativeInfinity);
        var flags = Row(at.Flags, at.Batch, at.Head, at.Query);
        if (this.keys == 1) return flags[0] == 0 ? masked : scores;
        return TLanes.Where(TLanes.LoadFlags(at.FirstKey < flags.Length ? flags[at.FirstKey..] : default), scores, masked);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ReadOnlySpan<byte> Row(ReadOnlySpan<byte> flags, int b, int h, int i) => flags.Slice(b * batch + h * head + i * query, keys);
}
