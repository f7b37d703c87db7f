using System.Runtime.CompilerServices;

namespace TorchAttention;

/// <summary>No key after the query: the flexible kernel's <see cref="AttentionMask.Causal"/> and <see cref="AttentionMask.CausalTopLeft"/>.</summary>
/// <param name="fromTop">Whether the first query stands at the first key; otherwise the last one at the last.</param>
public readonly struct CausalModification(bool fromTop = false) : IScoreModification
{
    /// <inheritdoc/>
    public TileKind Classify(in ScoreTile tile)
    {
        var (first, last) = fromTop ? (tile.FirstQuery, tile.LastQuery) : (tile.FirstPosition, tile.LastPosition);
        return tile.FirstKey > last ? TileKind.Empty : tile.LastKey <= first ? TileKind.Unchanged : TileKind.Modified;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLanes Modify<TLanes>(TLanes scores, TLanes keys, in ScorePosition at)
        where TLanes : struct, ILanes<TLanes>
    {
        var last = TLanes.Of(fromTop ? at.Query : at.Position);
        return TLanes.Where(TLanes.Less(last, keys), TLanes.Of(float.NegativeInfinity), scores);
    }
}
