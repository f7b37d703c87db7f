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
            var steps = new Steps(left, right, b, depth);
            for (var row = 0; row < rows; row += Rows)
            {
                var a = (byte*)((float*)left.First + row * left.Row);
                var c = target + row * stride + column;
                if (isWide) WideTile(a, steps, c, stride, add);
                else if (vectors > 1) Tile(a, steps, c, stride, add);
                else HalfTile(a, steps, c, stride, add);
            }
            column += isWide ? 2 * Width : Width;
        }
    }

    /// <summary>Six rows by one vector, where columns end in the middle of a panel.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void HalfTile(byte* a, in Steps steps, float* target, nint stride, bool add)
    {
        TLanes c0 = default, c1 = default, c2 = default, c3 = default, c4 = default, c5 = default;
        var d = a + 3 * steps.Row; // rows three to five
        var (row, second, nextA, nextB) = (steps.Row, 2 * steps.Row, steps.NextA, steps.NextB);
        var end = steps.End;
        for (var b = steps.B; b < end; a += nextA, d += nextA, b += nextB)
        {
            var x = TLanes.Load((float*)b);
            TLanes.Accumulate(Number(a), x, ref c0);
            TLanes.Accumulate(Number(a + row), x, ref c1);
            TLanes.Accumulate(Number(a + second), x, ref c2);
            TLanes.Accumulate(Number(d), x, ref c3);
            TLanes.Accumulate(Number(d + row), x, ref c4);
            TLanes.Accumulate(Number(d + second), x, ref c5);
        }

        Put(target, c0, add);
        Put(target + stride, c1, add);
        Put(target + 2 * stride, c2, add);
        Put(target + 3 * stride, c3, add);
        Put(target + 4 * stride, c4, add);
        Put(target + 5 * stride, c5, add);
    }

    /// <summary>Six rows by two vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile(byte* a, in Steps steps, float* target, nint stride, bool add)
    {
        TLanes c00 = default, c01 = default, c10 = default, c11 = default, c20 = default, c21 = default;
        TLanes c30 = default, c31 = default, c40 = default, c41 = default, c50 = default, c51 = default;
        var d = a + 3 * steps.Row; // rows three to five
        var (row, second, nextA, nextB) = (steps.Row, 2 * steps.Row, steps.NextA, steps.NextB);
        var end = steps.End;
        for (var b = steps.B; b < end; a += nextA, d += nextA, b += nextB)
        {
            var (b0, b1) = (TLanes.Load((float*)b), TLanes.Load((float*)b + TLanes.Count));
            AddRow(a, b0, b1, ref c00, ref c01);
            AddRow(a + row, b0, b1, ref c10, ref c11);
            AddRow(a + second, b0, b1, ref c20, ref c21);
            AddRow(d, b0, b1, ref c30, ref c31);
            AddRow(d + row, b0, b1, ref c40, ref c41);
            AddRow(d + second, b0, b1, ref c50, ref c51);
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
    private static void WideTile(byte* a, in Steps steps, float* target, nint stride, bool add)
    {
        TLanes c00 = default, c01 = default, c02 = default, c03 = default, c10 = default, c11 = default, c12 = default, c13 = default;
        TLanes c20 = default, c21 = default, c22 = default, c23 = default, c30 = default, c31 = default, c32 = default, c33 = default;
        TLanes c40 = default, c41 = default, c42 = default, c43 = default, c50 = default, c51 = default, c52 = default, c53 = default;
        var d = a + 3 * steps.Row; // rows three to five
        var (row, second, nextA, nextB) = (steps.Row, 2 * steps.Row, steps.NextA, steps.NextB);
        var panel = steps.Panel;
        var end = steps.End;
        for (var b = steps.B; b < end; a += nextA, d += nextA, b += nextB)
        {
            var (b0, b1) = (TLanes.Load((float*)b), TLanes.Load((float*)b + TLanes.Count));
            var (b2, b3) = (TLanes.Load((float*)(b + panel)), TLanes.Load((float*)(b + panel) + TLanes.Count));
            AddRow(a, b0, b1, b2, b3, ref c00, ref c01, ref c02, ref c03);
            AddRow(a + row, b0, b1, b2, b3, ref c10, ref c11, ref c12, ref c13);
            AddRow(a + second, b0, b1, b2, b3, ref c20, ref c21, ref c22, ref c23);
            AddRow(d, b0, b1, b2, b3, ref c30, ref c31, ref c32, ref c33);
            AddRow(d + row, b0, b1, b2, b3, ref c40, ref c41, ref c42, ref c43);
            AddRow(d + second, b0, b1, b2, b3, ref c50, ref c51, ref c52, ref c53);
        }

        Put(target, c00, c01, c02, c03, add);
        Put(target + stride, c10, c11, c12, c13, add);
        Put(target + 2 * stride, c20, c21, c22, c23, add);
        Put(target + 3 * stride, c30, c31, c32, c33, add);
        Put(target + 4 * stride, c40, c41, c42, c43, add);
        Put(target + 5 * stride, c50, c51, c52, c53, add);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Number(byte* at) => TLanes.Of(*(float*)at);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddRow(byte* at, TLanes b0, TLanes b1, ref TLanes c0, ref TLanes c1)
    {
        var x = Number(at);
        TLanes.Accumulate(x, b0, ref c0);
        TLanes.Accumulate(x, b1, ref c1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddRow(
        byte* at, TLanes b0, TLanes b1, TLanes b2, TLanes b3, ref TLanes c0, ref TLanes c1, ref TLanes c2, ref TLanes c3)
    {
        var x = Number(at);
        TLanes.Accumulate(x, b0, ref c0);
        TLanes.Accumulate(x, b1, ref c1);
        TLanes.Accumulate(x, b2, ref c2);
        TLanes.Accumulate(x, b3, ref c3);
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

    /// <summary>Where the steps of a panel begin and end, and how far apart, in bytes, are the numbers that they take.</summary>
    private readonly struct Steps(Left left, Right right, float* panel, int depth)
    {
        internal readonly byte* B = (byte*)panel;
        internal readonly byte* End = (byte*)(panel + depth * right.Step);
        internal readonly nint Panel = right.Panel * sizeof(float);
        internal readonly nint Row = left.Row * sizeof(float);
        internal readonly nint NextA = left.Step * sizeof(float);
        internal readonly nint NextB = right.Step * sizeof(float);
    }
}
