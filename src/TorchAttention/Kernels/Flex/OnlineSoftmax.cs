using System.Runtime.CompilerServices;

namespace TorchAttention;

/// <summary>
/// Softmax of rows that come a tile at a time (Milakov and Gimelshein, 2018; Rabe and Staats, 2021): a power of two as large as the
/// largest exponential so far, and the sum of exponentials relative to it; what was summed before is scaled down when it grows.
/// </summary>
internal static unsafe class OnlineSoftmax<TLanes, TModification>
    where TLanes : struct, ILanes<TLanes>
    where TModification : struct, IScoreModification
{
    /// <summary>
    /// Applies the modification to one row's scores of some keys, the padding behind them becoming minus infinity, and returns the largest.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static float Modify(float* scores, int columns, in KeyRange range, in TModification modification, ref ScorePosition at)
    {
        var largest = TLanes.Of(float.NegativeInfinity);
        var end = TLanes.Of(range.Count);
        for (var j = 0; j < columns; j += TLanes.Count)
        {
            var score = TLanes.Load(scores + j);
            if (j < range.Plain || j >= range.PlainEnd)
            {
                var lanes = TLanes.Indices + TLanes.Of(j);
                at.FirstKey = range.First + j;
                score = modification.Modify(score, lanes + TLanes.Of(range.First), at);
                score = TLanes.Where(TLanes.Less(lanes, end), score, TLanes.Of(float.NegativeInfinity));
                TLanes.Store(score, scores + j);
            }
            largest = TLanes.Max(score, largest);
        }
        at.FirstKey = range.First;
        return TLanes.Largest(largest);
    }

    /// <summary>The largest of scores that are a whole number of vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static float Largest(float* scores, int columns)
    {
        var largest = TLanes.Of(float.NegativeInfinity);
        for (var j = 0; j < columns; j += TLanes.Count) largest = TLanes.Max(TLanes.Load(scores + j), largest);
        return TLanes.Largest(largest);
    }

    /// <summary>
    /// The least n for which 2^n is not below e^largest. Exponentials are relative to a whole power of two, not to the largest
    /// itself: then what came before is scaled without rounding, and seldom.
    /// </summary>
    internal static float Power(float largest) => MathF.Ceiling(largest * LanesMath.Log2E);

    /// <summary>Replaces scores by e^score / 2^power and returns their sum.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static float Exponentials(float* scores, int columns, float power)
    {
        var sum = TLanes.Of(0);
        for (var j = 0; j < columns; j += TLanes.Count)
        {
            var weights = Exponential(TLanes.Load(scores + j), power);
            TLanes.Store(weights, scores + j);
            sum += weights;
        }
        return TLanes.Sum(sum);
    }

    /// <summary>e^score / 2^power.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TLanes Exponential(TLanes score, float power) =>
        LanesMath.Exp2(TLanes.MultiplyAdd(score, TLanes.Of(LanesMath.Log2E), TLanes.Of(-power)));

    /// <summary>Multiplies a row by a number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Times(float* row, int columns, float factor)
    {
        for (var j = 0; j < columns; j += TLanes.Count) TLanes.Store(TLanes.Load(row + j) * TLanes.Of(factor), row + j);
    }

    /// <summary>Drops weights and enlarges those that stay.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Drop(float* weights, int columns, in Dropout dropout, uint row, int firstKey)
    {
        var (threshold, factor) = (dropout.Threshold, TLanes.Of(dropout.Factor));
        for (var j = 0; j < columns; j += TLanes.Count)
        {
            var stays = TLanes.RandomAtLeast(row, (uint)(firstKey + j), threshold);
            TLanes.Store(TLanes.Where(stays, TLanes.Load(weights + j) * factor, TLanes.Of(0)), weights + j);
        }
    }
}
