using System.Runtime.CompilerServices;
using TorchSharp;
using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>
/// The pairs within one document, where several are packed into a row; a negative number belongs to none. Queries stand in the
/// documents of the last l keys.
/// </summary>
public readonly struct DocumentsModification : IScoreModification
{
    private readonly int[] segments; // (b or 1, s)
    private readonly float[] asFloats;
    private readonly bool isShared;

    /// <summary>Creates the mask.</summary>
    /// <param name="segments">The number of each key's document, Int64 on the CPU with shape (s) or (b, s); the values are copied.</param>
    /// <exception cref="ArgumentException">The tensor is not that, or a number is 2^24 or more.</exception>
    public DocumentsModification(Tensor segments)
    {
        Guard.Alive(segments, nameof(segments));
        if (segments.dtype != ScalarType.Int64 || segments.dim() is not (1 or 2) || segments.device_type != DeviceType.CPU)
            throw new ArgumentException(
                $"segments must be Int64 on the CPU with shape (s) or (b, s), but is {segments.dtype} {Guard.Show(segments.shape)}.", nameof(segments));
        using var copy = segments.contiguous();
        var numbers = copy.data<long>().ToArray();
        if (numbers.Any(number => number >= FlexGuard.MostKeys))
            throw new ArgumentException($"segments has a number of {FlexGuard.MostKeys} or more.", nameof(segments));
        this.segments = Array.ConvertAll(numbers, number => (int)Math.Max(number, -1));
        asFloats = Array.ConvertAll(this.segments, number => (float)number);
        isShared = segments.dim() == 1;
    }

    /// <inheritdoc/>
    public void Check(int batch, int heads, int queryLength, int keyLength)
    {
        if (segments is null || segments.Length != (isShared ? 1 : batch) * keyLength)
            throw new ArgumentException(
                $"modification has {segments?.Length ?? 0} segments for {batch} batch items of {keyLength} keys.", "modification");
    }

    /// <inheritdoc/>
    public TileKind Classify(in ScoreTile tile)
    {
        var row = isShared ? 0 : tile.Batch * tile.KeyLength;
        var queries = segments.AsSpan(row, tile.KeyLength)[Math.Max(0, tile.FirstPosition)..Math.Max(0, tile.LastPosition + 1)];
        var keys = segments.AsSpan(row, tile.KeyLength)[tile.FirstKey..(tile.LastKey + 1)];
        var ((least, most), (leastKey, mostKey)) = (Range(queries), Range(keys));
        if (most < leastKey || mostKey < least || most < 0 || mostKey < 0) return TileKind.Empty;
        return tile.FirstPosition >= 0 && least == most && leastKey == mostKey ? TileKind.Unchanged : TileKind.Modified;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLanes Modify<TLanes>(TLanes scores, TLanes keys, in ScorePosition at)
        where TLanes : struct, ILanes<TLanes>
    {
        var row = asFloats.AsSpan(isShared ? 0 : at.Batch * at.KeyLength, at.KeyLength);
        var own = at.Position < 0 ? -1 : row[at.Position];
        if (own < 0) return TLanes.Of(float.NegativeInfinity);
        var others = TLanes.Load(at.FirstKey < row.Length ? row[at.FirstKey..] : default);
        return TLanes.Where(TLanes.Equal(others, TLanes.Of(own)), scores, TLanes.Of(float.NegativeInfinity));
    }

    private static (int Least, int Most) Range(ReadOnlySpan<int> numbers)
    {
        var (least, most) = (int.MaxValue, int.MinValue);
        foreach (var number in numbers) (least, most) = (Math.Min(least, number), Math.Max(most, number));
        return (least, most);
    }
}
