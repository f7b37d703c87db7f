using System.Runtime.CompilerServices;
using TorchSharp;
using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>A learned number for each distance: score + table[h, clip(j - p, -reach, reach) + reach], as <see cref="AttentionBias"/> has it.</summary>
/// <remarks>Source: Shaw, Uszkoreit and Vaswani (2018), with a number in the place of their vectors. Gradients flow back to the table.</remarks>
public readonly struct RelativeModification : IScoreModification
{
    private const int Margin = 16; // the widest vector

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

    /// <summary>The table, and as many times its first and last entry at either side as a vector is wide: no lane is outside.</summary>
    public IReadOnlyList<Tensor> Parameters => table is null
        ? [null!] // which is refused
        : [nn.functional.pad(table.reshape(1, -1, width), [Margin, Margin], PaddingModes.Replicate)];

    private int PaddedWidth => width + 2 * Margin;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLanes Modify<TLanes>(TLanes scores, TLanes keys, in ScorePosition at)
        where TLanes : struct, ILanes<TLanes> => scores + TLanes.Load(at.Parameters.Slice(First(at), Margin));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AddGradient<TLanes>(TLanes gradient, TLanes scores, TLanes keys, in ScorePosition at, Span<double> sums)
        where TLanes : struct, ILanes<TLanes> => TLanes.AddTo(gradient, sums.Slice(First(at), Margin));

    /// <summary>The entry of the first lane, with those of the others behind it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int First(in ScorePosition at)
    {
        var entry = Math.Clamp(at.FirstKey - at.Position + width / 2 + Margin, 0, width + Margin);
        return isShared ? entry : at.Head * PaddedWidth + entry;
    }
}
