using System.Runtime.CompilerServices;
using static TorchSharp.torch;

namespace TorchAttention.Benchmarks.Cases;

/// <summary>
/// A user's own: keys near the query count more, by a learned strength of each head: score + strength[h] · exp(-|j - p| / 64).
/// </summary>
internal readonly struct NearnessModification(Tensor strengths) : IScoreModification
{
    public IReadOnlyList<Tensor> Parameters => [strengths];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLanes Modify<TLanes>(TLanes scores, TLanes keys, in ScorePosition at)
        where TLanes : struct, ILanes<TLanes> =>
        TLanes.MultiplyAdd(Nearness(keys, at.Position), TLanes.Of(at.Parameters[at.Head]), scores);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AddGradient<TLanes>(TLanes gradient, TLanes scores, TLanes keys, in ScorePosition at, Span<double> sums)
        where TLanes : struct, ILanes<TLanes> => sums[at.Head] += TLanes.Sum(gradient * Nearness(keys, at.Position));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Nearness<TLanes>(TLanes keys, int position)
        where TLanes : struct, ILanes<TLanes> =>
        LanesMath.Exp(TLanes.Abs(keys - TLanes.Of(position)) * TLanes.Of(-1 / 64f));
}
