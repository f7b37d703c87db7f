using System.Runtime.CompilerServices;

namespace TorchAttention;

/// <summary>The first keys of each sentence: key j of batch item b if j &lt; lengths[b], as <see cref="AttentionMask.Padding(long[])"/> says.</summary>
public readonly struct PaddingModification : IScoreModification
{
    private readonly int[] lengths;

    /// <summary>Creates the mask.</summary>
    /// <param name="lengths">One length per batch item; 0 allows no key at all.</param>
    /// <exception cref="ArgumentException">A length is negative.</exception>
    public PaddingModification(params long[] lengths)
    {
        ArgumentNullException.ThrowIfNull(lengths);
        this.lengths = Array.ConvertAll(lengths, length => (int)Math.Min(Guard.NotNegative(length, nameof(lengths)), FlexGuard.MostKeys));
    }

    /// <inheritdoc/>
    public void Check(int batch, int heads, int queryLength, int keyLength)
    {
        if (lengths is null || lengths.Length != batch)
            throw new ArgumentException($"modification has {lengths?.Length ?? 0} lengths for {batch} batch items.", "modification");
        if (lengths.Length > 0 && lengths.Max() > keyLength)
            throw new ArgumentException($"modification has a length of {lengths.Max()} for {keyLength} keys.", "modification");
    }

    /// <inheritdoc/>
    public TileKind Classify(in ScoreTile tile)
    {
        var length = lengths[tile.Batch];
        return tile.FirstKey >= length ? TileKind.Empty : tile.LastKey < length ? TileKind.Unchanged : TileKind.Modified;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLanes Modify<TLanes>(TLanes scores, TLanes keys, in ScorePosition at)
        where TLanes : struct, ILanes<TLanes> =>
        TLanes.Where(TLanes.Less(keys, TLanes.Of(lengths[at.Batch])), scores, TLanes.Of(float.NegativeInfinity));
}
