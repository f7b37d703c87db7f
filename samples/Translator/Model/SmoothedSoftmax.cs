using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using TorchAttention;
using static TorchSharp.torch;

namespace Translator.Model;

/// <summary>
/// The cross-entropy of words under the softmax of their scores, with label smoothing, and its gradient, which takes the scores' place:
/// a row is read from memory once and written once. Blocks of rows do not depend on each other, nor on the number of threads.
/// </summary>
/// <param name="words">The word of each row.</param>
/// <param name="bias">What is added to each row of scores.</param>
/// <param name="smoothing">The share of a word's probability that is spread over all.</param>
internal sealed class SmoothedSoftmax(long[] words, float[] bias, double smoothing)
{
    /// <summary>Rows that have a sum of gradients of their own.</summary>
    private const int BlockRows = 32;

    private readonly double[] losses = new double[words.Length];

    /// <summary>The mean loss of all rows.</summary>
    internal double Mean => losses.Length == 0 ? 0 : losses.Sum() / losses.Length;

    /// <summary>The gradient of the bias, of the rows so far.</summary>
    internal float[] BiasGradient { get; } = new float[bias.Length];

    /// <summary>Turns scores (rows, words), contiguous float32, without their bias, into the gradient of the mean of all rows' losses.</summary>
    /// <param name="scores">Some of the rows.</param>
    /// <param name="first">The number of the first of them.</param>
    internal void Differentiate(Tensor scores, int first)
    {
        var rows = new Rows<float>(scores);
        var sums = new float[(rows.Count + BlockRows - 1) / BlockRows][];
        Rows.Split(sums.Length, BlockRows * rows.Size, (start, end) =>
        {
            for (var block = start; block < end; block++)
            {
                sums[block] = new float[bias.Length];
                for (var i = block * BlockRows; i < Math.Min((block + 1) * BlockRows, rows.Count); i++)
                    losses[first + i] = Differentiate(rows[i], (int)words[first + i], sums[block]);
            }
        });
        foreach (var sum in sums) Add(sum, BiasGradient);
    }

    /// <summary>The loss is log Σ exp(s) - (1 - smoothing) s[word] - smoothing · mean(s), its gradient softmax(s) less the smoothed word.</summary>
    private double Differentiate(Span<float> row, int word, Span<float> sum)
    {
        Add(bias, row);
        var (own, all) = (row[word], 0.0);
        var greatest = Greatest(row);
        var total = Exponentiate(row, greatest, ref all);
        var share = 1.0 / losses.Length;
        Scale(row, (float)(share / total), (float)(smoothing * share / row.Length));
        row[word] -= (float)((1 - smoothing) * share);
        Add(row, sum);
        return greatest + Math.Log(total) - ((1 - smoothing) * own) - (smoothing * all / row.Length);
    }

    private static void Add(ReadOnlySpan<float> summands, Span<float> sums)
    {
        var given = MemoryMarshal.Cast<float, Vector512<float>>(summands);
        var blocks = MemoryMarshal.Cast<float, Vector512<float>>(sums);
        for (var i = 0; i < blocks.Length; i++) blocks[i] += given[i];
        for (var i = blocks.Length * Vector512<float>.Count; i < sums.Length; i++) sums[i] += summands[i];
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
