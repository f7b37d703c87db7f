using System.Numerics;
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

    internal static Vector<T> Exp<T>(Vector<T> number)
        where T : unmanaged, IFloatingPointIeee754<T> => typeof(T) == typeof(float)
        ? Vector.Exp(number.As<T, float>()).As<float, T>()
        : Vector.Exp(number.As<T, double>()).As<double, T>();
}
