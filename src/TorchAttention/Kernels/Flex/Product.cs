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
/// Matrix products in registers: a tile of six rows by two vectors stays in twelve of them while it sums over the inner dimension, and
/// one by four vectors in twenty-four, where there are thirty-two. Then each loaded number serves 2.4 multiply-adds instead of 1.5.
/// </summary>
/// <remarks>An element is the same sum in the same order whatever tile it falls into.</remarks>
internal static unsafe class Product<TLanes>
    where TLanes : struct, ILanes<TLanes>
{
    internal const int Rows = 6;

    private static bool HasManyRegisters => typeof(TLanes) == typeof(Lanes512);

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
        for (var column = 0; column < columns;)
        {
            var vectors = Tiling.Blocks(columns - column, TLanes.Count);
            var b = (float*)right.First + column / Width * right.Panel;
            var isWide = HasManyRegisters && vectors >= 4;
            for (var row = 0; row < rows; row += Rows)
            {
                var a = (float*)left.First + row * left.Row;
                var c = target + row * stride + column;
                if (isWide) WideTile(a, left.Row, left.Step, b, right.Step, right.Panel, c, stride, depth, add);
                else if (vectors > 1) Tile(a, left.Row, left.Step, b, right.Step, c, stride, depth, add);
                else HalfTile(a, left.Row, left.Step, b, right.Step, c, stride, depth, add);
            }
            column += isWide ? 2 * Width : Width;
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

    /// <summary>Six rows by four vectors, two panels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void WideTile(
        float* a, nint row, nint aStep, float* b, nint bStep, nint panel, float* target, nint stride, int depth, bool add)
    {
        var c00 = TLanes.Of(0);
        var (c01, c02, c03, c10, c11, c12, c13) = (c00, c00, c00, c00, c00, c00, c00);
        var (c20, c21, c22, c23, c30, c31, c32, c33) = (c00, c00, c00, c00, c00, c00, c00, c00);
        var (c40, c41, c42, c43, c50, c51, c52, c53) = (c00, c00, c00, c00, c00, c00, c00, c00);
        var second = TLanes.Count;
        var d = a + 3 * row; // rows three to five
        var e = b + panel;
        for (; depth > 0; depth--)
        {
            var b0 = TLanes.Load(b);
            var b1 = TLanes.Load(b + second);
            var b2 = TLanes.Load(e);
            var b3 = TLanes.Load(e + second);
            var x = TLanes.Of(a[0]);
            c00 = TLanes.MultiplyAdd(x, b0, c00);
            c01 = TLanes.MultiplyAdd(x, b1, c01);
            c02 = TLanes.MultiplyAdd(x, b2, c02);
            c03 = TLanes.MultiplyAdd(x, b3, c03);
            x = TLanes.Of(a[row]);
            c10 = TLanes.MultiplyAdd(x, b0, c10);
            c11 = TLanes.MultiplyAdd(x, b1, c11);
            c12 = TLanes.MultiplyAdd(x, b2, c12);
            c13 = TLanes.MultiplyAdd(x, b3, c13);
            x = TLanes.Of(a[2 * row]);
            c20 = TLanes.MultiplyAdd(x, b0, c20);
            c21 = TLanes.MultiplyAdd(x, b1, c21);
            c22 = TLanes.MultiplyAdd(x, b2, c22);
            c23 = TLanes.MultiplyAdd(x, b3, c23);
            x = TLanes.Of(d[0]);
            c30 = TLanes.MultiplyAdd(x, b0, c30);
            c31 = TLanes.MultiplyAdd(x, b1, c31);
            c32 = TLanes.MultiplyAdd(x, b2, c32);
            c33 = TLanes.MultiplyAdd(x, b3, c33);
            x = TLanes.Of(d[row]);
            c40 = TLanes.MultiplyAdd(x, b0, c40);
            c41 = TLanes.MultiplyAdd(x, b1, c41);
            c42 = TLanes.MultiplyAdd(x, b2, c42);
            c43 = TLanes.MultiplyAdd(x, b3, c43);
            x = TLanes.Of(d[2 * row]);
            c50 = TLanes.MultiplyAdd(x, b0, c50);
            c51 = TLanes.MultiplyAdd(x, b1, c51);
            c52 = TLanes.MultiplyAdd(x, b2, c52);
            c53 = TLanes.MultiplyAdd(x, b3, c53);
            a += aStep;
            d += aStep;
            b += bStep;
            e += bStep;
        }

        Put(target, c00, c01, c02, c03, add);
        Put(target + stride, c10, c11, c12, c13, add);
        Put(target + 2 * stride, c20, c21, c22, c23, add);
        Put(target + 3 * stride, c30, c31, c32, c33, add);
        Put(target + 4 * stride, c40, c41, c42, c43, add);
        Put(target + 5 * stride, c50, c51, c52, c53, add);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(float* target, TLanes first, TLanes second, TLanes third, TLanes fourth, bool add)
    {
        Put(target, first, second, add);
        Put(target + Width, third, fourth, add);
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
