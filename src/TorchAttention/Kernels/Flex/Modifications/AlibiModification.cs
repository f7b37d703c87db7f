using System.Runtime.CompilerServices;

namespace TorchAttention;

/// <summary>Linear biases: score - slope[h] · |j - p|, where query i stands at position p = i + s - l.</summary>
/// <remarks>Source: Press, Smith and Lewis (2022); symmetric, so that it needs no causal mask.</remarks>
public readonly struct AlibiModification : IScoreModification
{
    private readonly float[] slopes;

    /// <summary>Creates the biases.</summary>
    /// <param name="slopes">One per head; the values are copied.</param>
    /// <exception cref="ArgumentException">There is no slope, or one is not finite.</exception>
    public AlibiModification(params double[] slopes)
    {
        ArgumentNullException.ThrowIfNull(slopes);
        if (slopes.Length == 0) throw new ArgumentException("slopes is empty; it has one per head.", nameof(slopes));
        this.slopes = Array.ConvertAll(slopes, slope => (float)Guard.Finite(slope, nameof(slopes)));
    }

    /// <inheritdoc/>
    public void Check(int batch, int heads, int queryLength, int keyLength)
    {
        if (slopes is null || slopes.Length != heads)
            throw new ArgumentException($"modification has {slopes?.Length ?? 0} slopes for {heads} heads.", "modification");
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLanes Modify<TLanes>(TLanes scores, TLanes keys, in ScorePosition at)
        where TLanes : struct, ILanes<TLanes>
    {
        var distance = TLanes.Abs(keys - TLanes.Of(at.Position));
        return TLanes.MultiplyAdd(distance, TLanes.Of(-slopes[at.Head]), scores);
    }
}
