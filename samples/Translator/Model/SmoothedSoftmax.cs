using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using TorchAttention;
using static TorchSharp.torch;

namespace Translator.Model;

/// <summary>
/// The cross-entropy of words under the softmax of their scores, with label smoothing, and its gradient, which takes the scores' place:
/// a row is read from memory once and written once. Rows do not depend on each other, nor on the number of threads.
/// </summary>
internal sealed class SmoothedSoftmax(long[] words, double smoothing)
{
    private readonly double[] losses = new double[words.Length];

    /// <summary>The mean loss of all rows.</summary>
    internal double Mean => losses.Length == 0 ? 0 : losses.Sum() / losses.Length;

    /// <summary>Turns scores (rows, words), contiguous float32, into the gradient of the mean of the rows' losses.</summary>
    internal void Differentiate(Tensor scores)
    {
        var rows = new Rows<float>(scores);
        Rows.Split(rows.Count, rows.Size, (start, end) =>
        {
            for (var i = start; i < end; i++) losses[i] = Differentiate(rows[i], (int)words[i]);
        });
    }

    /// <summary>The loss is log Σ exp(s) - (1 - smoothing) s[word] - smoothing · mean(s), its gradient softmax(s) less the smoothed word.</summary>
    private double Differentiate(Span<float> row, int word)
    {
        var (own, sum) = (row[word], 0.0);
        var greatest = Greatest(row);
        var total = Exponentiate(row, greatest, ref sum);
        var share = 1.0 / losses.Length;
        Scale(row, (float)(share / total), (float)(smoothing * share / row.Length));
        row[word] -= (float)((1 - smoothing) * share);
        return greatest + Math.Log(total) - ((1 - smoothing) * own) - (smoothing * sum / row.Length);
    }

    private static float Greatest(Span<float> row)
    {
        var greatest = Vector512.Create(float.NegativeInfinity);
        var blocks = MemoryMarshal.Cast<float, Vector512<float>>(row);
        foreach (var block in blocks) greatest = Vector512.Max(greatest, block);
        var result = float.NegativeInfinity;
        for (var i = 0; i < Vector512<float>.Count; i++) result = MathF.Max(result, greatest[i]);
        foreach (var score in Rest(row, blocks.Length)) result = MathF.Max(result, score);
        return result;
    }

    /// <summary>exp(s - greatest) in place of s.</summary>
    /// <returns>Their sum; that of the scores is added to <paramref name="scores"/>.</returns>
    private static double Exponentiate(Span<float> row, float greatest, ref double scores)
    {
        var (total, sum) = (Vector512<float>.Zero, Vector512<float>.Zero);
        var offset = Vector512.Create(greatest);
        var blocks = MemoryMarshal.Cast<float, Vector512<float>>(row);
        foreach (ref var block in blocks)
        {
            sum += block;
            block = Vector512.Exp(block - offset);
            total += block;
        }
        var (all, result) = ((double)Vector512.Sum(sum), (double)Vector512.Sum(total));
        foreach (ref var score in Rest(row, blocks.Length))
        {
            all += score;
            score = MathF.Exp(score - greatest);
            result += score;
        }
        scores += all;
        return result;
    }

    private static void Scale(Span<float> row, float factor, float less)
    {
        var (factors, subtrahend) = (Vector512.Create(factor), Vector512.Create(less));
        var blocks = MemoryMarshal.Cast<float, Vector512<float>>(row);
        foreach (ref var block in blocks) block = (block * factors) - subtrahend;
        foreach (ref var value in Rest(row, blocks.Length)) value = (value * factor) - less;
    }

    private static Span<float> Rest(Span<float> row, int blocks) => row[(blocks * Vector512<float>.Count)..];
}
