using System.Runtime.CompilerServices;
using TorchAttention;
using static TorchSharp.torch;

// flex-attention: write it
/// <summary>Keys near the query count more: score + strength[h] · exp(-|j - p| / 16), with a learned strength of each head.</summary>
internal readonly struct Nearness(Tensor strengths) : IScoreModification
{
    public IReadOnlyList<Tensor> Parameters => [strengths];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLanes Modify<TLanes>(TLanes scores, TLanes keys, in ScorePosition at)
        where TLanes : struct, ILanes<TLanes> =>
        scores + TLanes.Of(at.Parameters[at.Head]) * Near(keys, at);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AddGradient<TLanes>(TLanes gradient, TLanes scores, TLanes keys, in ScorePosition at, Span<double> sums)
        where TLanes : struct, ILanes<TLanes> =>
        sums[at.Head] += TLanes.Sum(gradient * Near(keys, at));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Near<TLanes>(TLanes keys, in ScorePosition at)
        where TLanes : struct, ILanes<TLanes> =>
        LanesMath.Exp(TLanes.Abs(keys - TLanes.Of(at.Position)) * TLanes.Of(-1 / 16f));
}
// flex-attention: end
