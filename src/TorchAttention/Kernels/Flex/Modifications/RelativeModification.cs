using System.Runtime.CompilerServices;
using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>A learned number for each distance: score + table[h, clip(j - p, -reach, reach) + reach], as <see cref="AttentionBias"/> has it.</summary>
/// <remarks>Source: Shaw, Uszkoreit and Vaswani (2018), with a number in the place of their vectors. Gradients flow back to the table.</remarks>
public readonly struct RelativeModification : IScoreModification
{
    private readonly Tensor table;
    private readonly int width;
    private readonly bool isShared;

    /// <summary>Creates the modification.</summary>
    /// <param name="table">
    /// (h, 2 · reach + 1), or (2 · reach + 1) for all heads alike, float32; it must live as long as the modification is used.
    /// </param>
    /// <exception cref="ArgumentException">The table has not one or two dimensions, or the last one is even.</exception>
    public RelativeModification(Tensor table)
    {
        Guard.Alive(table, nameof(table));
        if (table.dim() is not (1 or 2) || table.size(-1) % 2 == 0)
            throw new ArgumentException($"table {Guard.Show(table.shape)} must be (h, 2 · reach + 1) or (2 · reach + 1).", nameof(table));
        this.table = table;
        width = (int)table.size(-1);
        isShared = table.dim() == 1;
    }

    /// <inheritdoc/>
    public void Check(int batch, int heads, int queryLength, int keyLength)
    {
        if (!isShared && table.size(0) != heads)
            throw new ArgumentException($"modification has a table {Guard.Show(table.shape)} for {heads} heads.", "modification");
    }

    /// <inheritdoc/>
    public IReadOnlyList<Tensor> Parameters => [table];

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLanes Modify<TLanes>(TLanes scores, TLanes keys, in ScorePosition at)
        where TLanes : struct, ILanes<TLanes>
    {
        var (start, first) = (isShared ? 0 : at.Head * width, at.FirstKey - at.Position + width / 2);
        var row = at.Parameters.Slice(start, width);
        if (first >= 0 && first + TLanes.Count <= width) return scores + TLanes.Load(row[first..]);
        if (first + TLanes.Count <= 1) return scores + TLanes.Of(row[0]);
        if (first >= width - 1) return scores + TLanes.Of(row[width - 1]);
        return scores + AtEdge<TLanes>(row, first);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AddGradient<TLanes>(TLanes gradient, TLanes scores, TLanes keys, in ScorePosition at, Span<double> sums)
        where TLanes : struct, ILanes<TLanes>
    {
        var (start, first) = (isShared ? 0 : at.Head * width, at.FirstKey - at.Position + width / 2);
        var row = sums.Slice(start, width);
        if (first >= 0 && first + TLanes.Count <= width) TLanes.AddTo(gradient, row[first..]);
        else if (first + TLanes.Count <= 1) row[0] += TLanes.Sum(gradient);
        else if (first >= width - 1) row[width - 1] += TLanes.Sum(gradient);
        else Scatter(gradient, row, first);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static TLanes AtEdge<TLanes>(ReadOnlySpan<float> row, int first)
        where TLanes : struct, ILanes<TLanes>
    {
        Span<float> entries = stackalloc float[TLanes.Count];
        for (var n = 0; n < entries.Length; n++) entries[n] = row[Math.Clamp(first + n, 0, row.Length - 1)];
        return TLanes.Load(entries);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Scatter<TLanes>(TLanes gradient, Span<double> row, int first)
        where TLanes : struct, ILanes<TLanes>
    {
        Span<float> parts = stackalloc float[TLanes.Count];
        TLanes.Store(gradient, parts);
        for (var n = 0; n < parts.Length; n++) row[Math.Clamp(first + n, 0, row.Length - 1)] += parts[n];
    }
}
