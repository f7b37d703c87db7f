using System.Runtime.CompilerServices;

namespace TorchAttention;

/// <summary>Scores kept within a cap: cap · tanh(score / cap).</summary>
/// <remarks>Source: Gemma 2 (2024).</remarks>
public readonly struct SoftcapModification : IScoreModification
{
    private readonly float cap;

    /// <summary>Creates the cap.</summary>
    /// <param name="cap">What no score's magnitude exceeds.</param>
    /// <exception cref="ArgumentOutOfRangeException">The cap is not positive and finite.</exception>
    public SoftcapModification(double cap) => this.cap = (float)Guard.Positive(cap, nameof(cap));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLanes Modify<TLanes>(TLanes scores, TLanes keys, in ScorePosition at)
        where TLanes : struct, ILanes<TLanes> => TLanes.Of(cap) * LanesMath.Tanh(scores * TLanes.Of(1 / cap));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLanes Derivative<TLanes>(TLanes scores, TLanes modified, TLanes keys, in ScorePosition at)
        where TLanes : struct, ILanes<TLanes>
    {
        var tangent = modified * TLanes.Of(1 / cap);
        return TLanes.Of(1) - tangent * tangent;
    }
}
