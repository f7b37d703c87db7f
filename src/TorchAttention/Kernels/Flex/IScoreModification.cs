using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>
/// What <see cref="FlexAttention"/> does to every score before the softmax: a mask, a bias, a cap, or anything else that a few lines
/// of C# can say. Implement it in a struct: the JIT then compiles a kernel with those lines inside.
/// </summary>
/// <remarks>
/// <para>
/// Only <see cref="Modify"/> is necessary. The lanes of a call are successive keys of one row; lanes past the last key may hold
/// anything, the kernel drops them. A score of minus infinity forbids its pair: choose it with
/// <see cref="ILanes{TSelf}.Where"/>, so that a NaN in a masked key goes too.
/// </para>
/// <para>
/// Mark the methods with <c>[MethodImpl(MethodImplOptions.AggressiveInlining)]</c>. They run on several threads at once and must
/// depend on their arguments alone. What they throw in forward comes out of the call; what they throw in backward makes
/// <c>backward</c> fail, and is kept as <see cref="FlexAttention.BackwardFailure"/>.
/// </para>
/// </remarks>
public interface IScoreModification
{
    /// <summary>Learned or given numbers, float32 on the CPU, which <see cref="ScorePosition.Parameters"/> then holds, one tensor after the other.</summary>
    IReadOnlyList<Tensor> Parameters => [];

    /// <summary>A bool tensor on the CPU, which <see cref="ScorePosition.Flags"/> then holds; null for none.</summary>
    Tensor? Flags => null;

    /// <summary>Throws if the modification does not fit a call; nothing unless implemented.</summary>
    /// <param name="batch">b.</param>
    /// <param name="heads">h, the query's heads.</param>
    /// <param name="queryLength">l.</param>
    /// <param name="keyLength">s.</param>
    /// <exception cref="ArgumentException">It does not fit; the message says what does not.</exception>
    void Check(int batch, int heads, int queryLength, int keyLength)
    {
    }

    /// <summary>What the modification does to a tile of scores, of any size: tiles that it empties are never computed.</summary>
    /// <param name="tile">Which scores.</param>
    /// <returns>The kind; <see cref="TileKind.Modified"/> is always right.</returns>
    TileKind Classify(in ScoreTile tile) => TileKind.Modified;

    /// <summary>The modified scores.</summary>
    /// <typeparam name="TLanes">As many numbers as the machine computes with at once.</typeparam>
    /// <param name="scores">scale · (q · k) of one query and successive keys.</param>
    /// <param name="keys">The indices of the keys.</param>
    /// <param name="at">Where the scores stand.</param>
    /// <returns>What the softmax is taken of.</returns>
    TLanes Modify<TLanes>(TLanes scores, TLanes keys, in ScorePosition at)
        where TLanes : struct, ILanes<TLanes>;

    /// <summary>The derivative of the modified scores by the scores; one unless implemented.</summary>
    /// <typeparam name="TLanes">As many numbers as the machine computes with at once.</typeparam>
    /// <param name="scores">The scores.</param>
    /// <param name="modified">What <see cref="Modify"/> made of them.</param>
    /// <param name="keys">The indices of the keys.</param>
    /// <param name="at">Where the scores stand.</param>
    /// <returns>The derivative; where a pair is masked it does not matter.</returns>
    TLanes Derivative<TLanes>(TLanes scores, TLanes modified, TLanes keys, in ScorePosition at)
        where TLanes : struct, ILanes<TLanes> => TLanes.Of(1);

    /// <summary>Adds what these scores contribute to the gradient of <see cref="Parameters"/>; nothing unless implemented.</summary>
    /// <typeparam name="TLanes">As many numbers as the machine computes with at once.</typeparam>
    /// <param name="gradient">The gradient of the modified scores; zero where a pair is masked and past the last key.</param>
    /// <param name="scores">The scores.</param>
    /// <param name="keys">The indices of the keys.</param>
    /// <param name="at">Where the scores stand.</param>
    /// <param name="sums">The gradient so far, laid out as <see cref="ScorePosition.Parameters"/>.</param>
    void AddGradient<TLanes>(TLanes gradient, TLanes scores, TLanes keys, in ScorePosition at, Span<double> sums)
        where TLanes : struct, ILanes<TLanes>
    {
    }
}
