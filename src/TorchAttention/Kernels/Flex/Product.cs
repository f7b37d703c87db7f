using System.Runtime.CompilerServices;

namespace TorchAttention;

/// <summary>The left side of a product, element by element: (row, step) is at first + row · Row + step · Step.</summary>
internal readonly unsafe record struct Left(nint First, nint Row, nint Step);

/// <summary>The right side, in panels of two vectors' width: (step, panel) is at first + panel · Panel + step · Step.</summary>
internal readonly unsafe record struct Right(nint First, nint Panel, nint Step)
{
    internal static Right RowMajor<TLanes>(float* first, nint width)
        where TLanes : struct, ILanes<TLanes> => new((nint)first, Product<TLanes>.Width, width);

    internal static Right Packed<TLanes>(float* first, nint depth)
        where TLanes : struct, ILanes<TLanes> => new((nint)first, Product<TLanes>.Width * depth, Product<TLanes>.Width);
}

/// <summary>
/// Matrix products in registers: a tile of six rows by two vectors stays in twelve of them while it sums over the inner dimension.
/// Two multiply-adds per loaded number keep a core's multipliers busy at every vector width.
/// </summary>
internal static unsafe class Product<TLanes>
    where TLanes : struct, ILanes<TLanes>
{
    internal const int Rows = 6;

    internal static int Width
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 2 * TLanes.Count;
    }

    /// <summary>
    /// target = left · right, or += if <paramref name="add"/>; rows are rounded up to six, columns to a vector, and must be there.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Multiply(Left left, Right right, float* target, nint stride, int rows, int columns, int depth, bool add)
    {
        // A panel stays in the first-level cache while all rows pass by.
        for (var column = 0; column < columns; column += Width)
        {
            var b = (float*)right.First + column / Width * right.Panel;
            var isHalf = columns - column <= TLanes.Count;
            for (var row = 0; row < rows; row += Rows)
            {
                var a = (float*)left.First + row * left.Row;
                var c = target + row * stride + column;
                if (isHalf) HalfTile(a, left.Row, left.Step, b, right.Step, c, stride, depth, add);
                else Tile(a, left.Row, left.Step, b, right.Step, c, stride, depth, add);
            }
        }
    }

    /// <summary>Six rows by one vector, where columns end in the middle of a panel.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void HalfTile(float* a, nint row, nint aStep, float* b, nint bStep, float* target, nint stride, int depth, bool add)
    {
        var c0 = TLanes.Of(0);
        var (c1, c2, c3, c4, c5) = (c0, c0, c0, c0, c0);
        var d = a + 3 * row;
        for (; depth > 0; depth--)
        {
            var x = TLanes.Load(b);
            c0 = TLanes.MultiplyAdd(TLanes.Of(a[0]), x, c0);
            c1 = TLanes.MultiplyAdd(TLanes.Of(a[row]), x, c1);
            c2 = TLanes.MultiplyAdd(TLanes.Of(a[2 * row]), x, c2);
            c3 = TLanes.MultiplyAdd(TLanes.Of(d[0]), x, c3);
            c4 = TLanes.MultiplyAdd(TLanes.Of(d[row]), x, c4);
            c5 = TLanes.MultiplyAdd(TLanes.Of(d[2 * row]), x, c5);
            a += aStep;
            d += aStep;
            b += bStep;
        }

        Put(target, c0, add);
        Put(target + stride, c1, add);
        Put(target + 2 * stride, c2, add);
        Put(target + 3 * stride, c3, add);
        Put(target + 4 * stride, c4, add);
        Put(target + 5 * stride, c5, add);
    }

    /// <summary>Six rows by two vectors: longer than a function should be, since registers cannot be handed on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile(float* a, nint row, nint aStep, float* b, nint bStep, float* target, nint stride, int depth, bool add)
    {
        var c00 = TLanes.Of(0);
        var (c01, c10, c11, c20, c21) = (c00, c00, c00, c00, c00);
        var (c30, c31, c40, c41, c50, c51) = (c00, c00, c00, c00, c00, c00);
        var second = TLanes.Count;
        var d = a + 3 * row; // rows three to five
        for (; depth > 0; depth--)
        {
            var b0 = TLanes.Load(b);
            var b1 = TLanes.Load(b + second);
            var x = TLanes.Of(a[0]);
            c00 = TLanes.MultiplyAdd(x, b0, c00);
            c01 = TLanes.MultiplyAdd(x, b1, c01);
            x = TLanes.Of(a[row]);
            c10 = TLanes.MultiplyAdd(x, b0, c10);
            c11 = TLanes.MultiplyAdd(x, b1, c11);
            x = TLanes.Of(a[2 * row]);
            c20 = TLanes.MultiplyAdd(x, b0, c20);
            c21 = TLanes.MultiplyAdd(x, b1, c21);
            x = TLanes.Of(d[0]);
            c30 = TLanes.MultiplyAdd(x, b0, c30);
            c31 = TLanes.MultiplyAdd(x, b1, c31);
            x = TLanes.Of(d[row]);
            c40 = TLanes.MultiplyAdd(x, b0, c40);
            c41 = TLanes.MultiplyAdd(x, b1, c41);
            x = TLanes.Of(d[2 * row]);
            c50 = TLanes.MultiplyAdd(x, b0, c50);
            c51 = TLanes.MultiplyAdd(x, b1, c51);
            a += aStep;
            d += aStep;
            b += bStep;
        }

        Put(target, c00, c01, add);
        Put(target + stride, c10, c11, add);
        Put(target + 2 * stride, c20, c21, add);
        Put(target + 3 * stride, c30, c31, add);
        Put(target + 4 * stride, c40, c41, add);
        Put(target + 5 * stride, c50, c51, add);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(float* target, TLanes first, TLanes second, bool add)
    {
        Put(target, first, add);
        Put(target + TLanes.Count, second, add);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(float* target, TLanes sum, bool add) => TLanes.Store(add ? TLanes.Load(target) + sum : sum, target);
}
