using System.Numerics;
using System.Runtime.InteropServices;

namespace TorchAttention;

/// <summary>Softmax of one row on the CPU. An entry of minus infinity is absent; a row without entries has zero weights.</summary>
internal static class SoftmaxRow<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>The weights of a row of scores; both may be one.</summary>
    /// <returns>False where a score is no number, or infinite: nothing of use is written.</returns>
    internal static bool TryNormalize(ReadOnlySpan<T> scores, Span<T> weights)
    {
        var whole = RowVectors.Whole(scores);
        var rest = RowVectors.Rest(scores, T.NegativeInfinity);
        var highest = RowVectors.Highest(whole, rest);
        // In a row without entries: minus infinity less itself is no number.
        var shift = new Vector<T>(T.IsNegativeInfinity(highest) ? T.Zero : highest);
        var target = MemoryMarshal.Cast<T, Vector<T>>(weights);
        rest = RowVectors.ExpOfNegative(rest - shift);
        var (even, odd) = (rest, Vector<T>.Zero); // two, so that one need not wait for the other
        for (var i = 0; i < whole.Length; i++)
        {
            target[i] = RowVectors.ExpOfNegative(whole[i] - shift);
            if (i % 2 == 0) even += target[i];
            else odd += target[i];
        }
        var sum = Vector.Sum(even + odd);
        if (T.IsNaN(sum)) return false;
        var share = new Vector<T>(sum == T.Zero ? T.Zero : T.One / sum);
        for (var i = 0; i < target.Length; i++) target[i] *= share;
        RowVectors.Write(rest * share, weights);
        return true;
    }
}
