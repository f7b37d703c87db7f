using System.Runtime.CompilerServices;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Kernels.Flex;

/// <summary>A user's own: a learned gain per head, and a bias that grows with the key.</summary>
public readonly struct GainModification(Tensor gains) : IScoreModification
{
    public IReadOnlyList<Tensor> Parameters => [gains];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLanes Modify<TLanes>(TLanes scores, TLanes keys, in ScorePosition at)
        where TLanes : struct, ILanes<TLanes> =>
        TLanes.MultiplyAdd(scores, TLanes.Of(at.Parameters[at.Head]), keys * TLanes.Of(1 / 64f));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLanes Derivative<TLanes>(TLanes scores, TLanes modified, TLanes keys, in ScorePosition at)
        where TLanes : struct, ILanes<TLanes> => TLanes.Of(at.Parameters[at.Head]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AddGradient<TLanes>(TLanes gradient, TLanes scores, TLanes keys, in ScorePosition at, Span<double> sums)
        where TLanes : struct, ILanes<TLanes> => sums[at.Head] += TLanes.Sum(gradient * scores);
}
