using System.Runtime.CompilerServices;

namespace TorchAttention;

/// <summary>The band of <see cref="Pairs"/>: query i sees the keys i + low … i + high.</summary>
/// <param name="low">The least key index minus query index.</param>
/// <param name="high">The largest.</param>
internal readonly struct BandModification(long low, long high) : IScoreModification
{
    private readonly int low = (int)low; // within the lengths, which are whole numbers of 32 bits
    private readonly int high = (int)high;

    /// <inheritdoc/>
    public TileKind Classify(in ScoreTile tile)
    {
        if (tile.FirstKey > tile.LastQuery + high || tile.LastKey < tile.FirstQuery + low) return TileKind.Empty;
        var isInside = tile.FirstKey >= tile.LastQuery + low && tile.LastKey <= tile.FirstQuery + high;
        return isInside ? TileKind.Unchanged : TileKind.Modified;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLanes Modify<TLanes>(TLanes scores, TLanes keys, in ScorePosition at)
        where TLanes : struct, ILanes<TLanes>
    {
        var outside = TLanes.Less(keys, TLanes.Of(at.Query + low)) | TLanes.Less(TLanes.Of(at.Query + high), keys);
        return TLanes.Where(outside, TLanes.Of(float.NegativeInfinity), scores);
    }
}
