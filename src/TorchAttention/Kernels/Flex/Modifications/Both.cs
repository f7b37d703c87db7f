using System.Runtime.CompilerServices;
using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>Two modifications, one after the other: Then(First(score)).</summary>
/// <typeparam name="TFirst">The type of the first one.</typeparam>
/// <typeparam name="TThen">The type of the second one.</typeparam>
public readonly struct Both<TFirst, TThen> : IScoreModification
    where TFirst : struct, IScoreModification
    where TThen : struct, IScoreModification
{
    private readonly TFirst first;
    private readonly TThen then;
    private readonly int parameters; // how many numbers and flags are the first one's
    private readonly int flags;

    /// <summary>Joins two modifications.</summary>
    /// <param name="first">What is done to the scores first.</param>
    /// <param name="then">What is done to the result.</param>
    public Both(TFirst first, TThen then)
    {
        using var scope = NewDisposeScope(); // parameters may be made when they are asked for
        (this.first, this.then) = (first, then);
        parameters = (int)first.Parameters.Sum(parameter => parameter.numel());
        flags = (int)(first.Flags?.numel() ?? 0);
    }

    /// <inheritdoc/>
    public void Check(int batch, int heads, int queryLength, int keyLength)
    {
        first.Check(batch, heads, queryLength, keyLength);
        then.Check(batch, heads, queryLength, keyLength);
    }

    /// <inheritdoc/>
    public IReadOnlyList<Tensor> Parameters => [.. first.Parameters, .. then.Parameters];

    /// <inheritdoc/>
    public Tensor? Flags => (first.Flags, then.Flags) switch
    {
        (null, var flags) => flags,
        (var flags, null) => flags,
        var (one, other) => cat([one.flatten(), other.flatten()]),
    };

    /// <inheritdoc/>
    public TileKind Classify(in ScoreTile tile)
    {
        var kind = first.Classify(tile);
        if (kind == TileKind.Empty) return kind;
        var other = then.Classify(tile.Behind(parameters, flags));
        return other == TileKind.Empty || kind == TileKind.Unchanged ? other : kind;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLanes Modify<TLanes>(TLanes scores, TLanes keys, in ScorePosition at)
        where TLanes : struct, ILanes<TLanes>
    {
        var between = first.Modify(scores, keys, at);
        // A position is not copied for nothing.
        return Traits<TFirst>.HasTensors ? then.Modify(between, keys, at.Behind(parameters, flags)) : then.Modify(between, keys, at);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLanes Derivative<TLanes>(TLanes scores, TLanes modified, TLanes keys, in ScorePosition at)
        where TLanes : struct, ILanes<TLanes>
    {
        var between = first.Modify(scores, keys, at);
        if (!Traits<TThen>.HasDerivative) return first.Derivative(scores, between, keys, at);
        var slope = then.Derivative(between, modified, keys, at.Behind(parameters, flags));
        return Traits<TFirst>.HasDerivative ? slope * first.Derivative(scores, between, keys, at) : slope;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AddGradient<TLanes>(TLanes gradient, TLanes scores, TLanes keys, in ScorePosition at, Span<double> sums)
        where TLanes : struct, ILanes<TLanes>
    {
        var between = first.Modify(scores, keys, at);
        var behind = at.Behind(parameters, flags);
        if (Traits<TThen>.HasGradient) then.AddGradient(gradient, between, keys, behind, sums[parameters..]);
        if (!Traits<TFirst>.HasGradient) return;
        if (Traits<TThen>.HasDerivative)
        {
            var slope = then.Derivative(between, then.Modify(between, keys, behind), keys, behind);
            // Where the pair is masked the derivative may be anything, and the gradient is zero.
            gradient = TLanes.Where(TLanes.Equal(gradient, TLanes.Of(0)), gradient, gradient * slope);
        }
        first.AddGradient(gradient, scores, keys, at, sums);
    }
}
