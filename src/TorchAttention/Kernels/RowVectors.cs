using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TorchAttention;

/// <summary>A row of numbers as vectors.</summary>
internal static class RowVectors
{
    /// <summary>The largest number; what is NaN may get lost.</summary>
    internal static T Highest<T>(ReadOnlySpan<Vector<T>> whole, Vector<T> rest)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var (even, odd) = (rest, rest); // two, so that one need not wait for the other
        for (var i = 0; i + 1 < whole.Length; i += 2)
        {
            even = Vector.MaxNative(even, whole[i]);
            odd = Vector.MaxNative(odd, whole[i + 1]);
        }
        if (whole.Length > 0) odd = Vector.MaxNative(odd, whole[^1]);
        even = Vector.MaxNative(even, odd);
        var highest = even[0];
        for (var lane = 1; lane < Vector<T>.Count; lane++) highest = T.Max(highest, even[lane]);
        return highest;
    }

    internal static ReadOnlySpan<Vector<T>> Whole<T>(ReadOnlySpan<T> row)
        where T : unmanaged, IFloatingPointIeee754<T> =>
        MemoryMarshal.Cast<T, Vector<T>>(row);

    /// <summary>What of a row does not fill a vector, filled up.</summary>
    internal static Vector<T> Rest<T>(ReadOnlySpan<T> row, T filler)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Span<T> numbers = stackalloc T[Vector<T>.Count];
        numbers.Fill(filler);
        row[(row.Length - (row.Length % Vector<T>.Count))..].CopyTo(numbers);
        return new Vector<T>(numbers);
    }

    internal static void Write<T>(Vector<T> rest, Span<T> row)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        for (var (lane, j) = (0, row.Length - (row.Length % Vector<T>.Count)); j < row.Length; lane++, j++) row[j] = rest[lane];
    }

    /// <summary>The scores, minus infinity where they are not allowed.</summary>
    internal static void Restrict<T>(ReadOnlySpan<T> scores, ReadOnlySpan<byte> allowed, Span<T> present)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (typeof(T) == typeof(float))
        {
            var source = MemoryMarshal.Cast<T, float>(scores);
            var target = MemoryMarshal.Cast<T, float>(present);
            if (Vector<float>.Count == Lanes512.Count) RestrictInLanes<Lanes512>(source, allowed, target);
            else if (Vector<float>.Count == Lanes256.Count) RestrictInLanes<Lanes256>(source, allowed, target);
            else RestrictInLanes<Lanes128>(source, allowed, target);
            return;
        }
        for (var j = 0; j < scores.Length; j++) present[j] = allowed[j] != 0 ? scores[j] : T.NegativeInfinity;
    }

    /// <summary>Weights of scores of which one is no number: none is, but those of absent entries.</summary>
    internal static void Spoil<T>(ReadOnlySpan<T> scores, Span<T> weights)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        for (var j = 0; j < scores.Length; j++) weights[j] = T.IsNegativeInfinity(scores[j]) ? T.Zero : T.NaN;
    }

    /// <summary>e^x for x up to zero. That of .NET goes through double precision.</summary>
    internal static Vector<T> ExpOfNegative<T>(Vector<T> number)
        where T : unmanaged, IFloatingPointIeee754<T> => typeof(T) == typeof(float)
        ? ExpOfNegative(number.As<T, float>()).As<float, T>()
        : Vector.Exp(number.As<T, double>()).As<double, T>();

    private static Vector<float> ExpOfNegative(Vector<float> number) =>
        Vector<float>.Count == Lanes512.Count ? ExpInLanes<Lanes512>(number)
        : Vector<float>.Count == Lanes256.Count ? ExpInLanes<Lanes256>(number)
        : ExpInLanes<Lanes128>(number);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> ExpInLanes<TLanes>(Vector<float> number)
        where TLanes : struct, ILanes<TLanes> =>
        Unsafe.BitCast<TLanes, Vector<float>>(LanesMath.Exp(Unsafe.BitCast<Vector<float>, TLanes>(number)));

    private static void RestrictInLanes<TLanes>(ReadOnlySpan<float> scores, ReadOnlySpan<byte> allowed, Span<float> present)
        where TLanes : struct, ILanes<TLanes>
    {
        var absent = TLanes.Of(float.NegativeInfinity);
        for (var j = 0; j < scores.Length; j += TLanes.Count)
            TLanes.Store(TLanes.Where(TLanes.LoadFlags(allowed[j..]), TLanes.Load(scores[j..]), absent), present[j..]);
    }
}
