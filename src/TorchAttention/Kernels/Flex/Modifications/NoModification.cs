using System.Runtime.CompilerServices;

namespace TorchAttention;

/// <summary>Scores as they are: plain attention.</summary>
public readonly struct NoModification : IScoreModification
{
    /// <inheritdoc/>
    public TileKind Classify(in ScoreTile tile) => TileKind.Unchanged;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLanes Modify<TLanes>(TLanes scores, TLanes keys, in ScorePosition at)
        where TLanes : struct, ILanes<TLanes> => scores;
}
