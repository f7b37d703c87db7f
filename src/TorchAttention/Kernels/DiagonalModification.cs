using System.Runtime.CompilerServices;
using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>
/// The diagonals of <see cref="Addends"/>: a number for each head and each distance of a key from its query. The numbers of
/// successive keys lie side by side, whatever the bias.
/// </summary>
internal readonly struct DiagonalModification(Tensor diagonals) : IScoreModification
{
    private readonly int width = (int)diagonals.size(-1);
    private readonly bool isShared = diagonals.size(0) == 1;

    /// <inheritdoc/>
    public IReadOnlyList<Tensor> Parameters => [diagonals];

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLanes Modify<TLanes>(TLanes scores, TLanes keys, in ScorePosition at)
        where TLanes : struct, ILanes<TLanes>
    {
        var first = First(at);
        return scores + TLanes.Load(at.Parameters.Slice(Start(at) + first, width - first));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AddGradient<TLanes>(TLanes gradient, TLanes scores, TLanes keys, in ScorePosition at, Span<double> sums)
        where TLanes : struct, ILanes<TLanes>
    {
        var first = First(at);
        TLanes.AddTo(gradient, sums.Slice(Start(at) + first, width - first));
    }

    /// <summary>The entry of the first lane.</summary>
    private static int First(in ScorePosition at) => at.FirstKey - at.Query + at.QueryLength;

    private int Start(in ScorePosition at) => isShared ? 0 : at.Head * width;
}
