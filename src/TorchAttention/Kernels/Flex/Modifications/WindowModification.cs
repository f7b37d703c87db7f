using System.Runtime.CompilerServices;

namespace TorchAttention;

/// <summary>The keys near the query: position p sees p - left … p + right, as <see cref="AttentionMask.Window"/> says.</summary>
public readonly struct WindowModification : IScoreModification
{
    private readonly int left;
    private readonly int right;

    /// <summary>Creates the window.</summary>
    /// <param name="left">How many keys before the position, at least 0.</param>
    /// <param name="right">How many keys after the position, at least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A width is negative.</exception>
    public WindowModification(long left, long right)
    {
        // No sequence is longer, and positions plus widths stay exact in float32.
        this.left = (int)Math.Min(Guard.NotNegative(left, nameof(left)), FlexGuard.MostKeys);
        this.right = (int)Math.Min(Guard.NotNegative(right, nameof(right)), FlexGuard.MostKeys);
    }

    /// <inheritdoc/>
    public TileKind Classify(in ScoreTile tile)
    {
        if (tile.FirstKey > tile.LastPosition + right || tile.LastKey < tile.FirstPosition - left) return TileKind.Empty;
        var isInside = tile.FirstKey >= tile.LastPosition - left && tile.LastKey <= tile.FirstPosition + right;
        return isInside ? TileKind.Unchanged : TileKind.Modified;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLanes Modify<TLanes>(TLanes scores, TLanes keys, in ScorePosition at)
        where TLanes : struct, ILanes<TLanes>
    {
        var outside = TLanes.Less(keys, TLanes.Of(at.Position - left)) | TLanes.Less(TLanes.Of(at.Position + right), keys);
        return TLanes.Where(outside, TLanes.Of(float.NegativeInfinity), scores);
    }
}
