using TorchSharp;
using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>
/// Operations of a tensor with a number. TorchSharp turns the number into a native scalar that belongs to a managed object, and
/// after its handle is taken nothing keeps that object: a garbage collection on another thread may free the scalar before the
/// operation reads it. Here it is kept till the operation has returned, so in this library a number meets a tensor, and a tensor
/// is added to another, through this class alone.
/// </summary>
internal static class Numbers
{
    private static readonly Scalar One = 1;

    internal static Tensor Times(this Tensor tensor, Scalar factor) => Kept(tensor.mul(factor), factor);

    internal static Tensor Over(this Tensor tensor, Scalar divisor) => Kept(tensor.div(divisor), divisor);

    internal static Tensor Plus(this Tensor tensor, Scalar summand) => Kept(tensor.add(summand, One), summand);

    /// <summary>What is left of a division by a positive number, from 0 to one less, for negative entries too.</summary>
    internal static Tensor Modulo(this Tensor tensor, Scalar divisor) => Kept(tensor.remainder(divisor), divisor);

    internal static Tensor Is(this Tensor tensor, Scalar number) => Kept(tensor.eq(number), number);

    internal static Tensor AtMost(this Tensor tensor, Scalar bound) => Kept(tensor.le(bound), bound);

    internal static Tensor AtLeast(this Tensor tensor, Scalar bound) => Kept(tensor.ge(bound), bound);

    /// <summary>min(x, bound).</summary>
    internal static Tensor Capped(this Tensor tensor, Scalar bound) => Kept(tensor.clamp_max(bound), bound);

    /// <summary>x where x is positive, else slope · x.</summary>
    internal static Tensor Leaky(this Tensor tensor, Scalar slope) => Kept(tensor.leaky_relu(slope), slope);

    /// <summary>max(x, floor).</summary>
    internal static Tensor NotBelow(this Tensor tensor, Scalar floor) => Kept(tensor.clamp_min(floor), floor);

    /// <summary>x². TorchSharp's square is a power, with a number for the exponent.</summary>
    internal static Tensor Squared(this Tensor tensor) => tensor * tensor;

    /// <summary>Multiplies the tensor itself.</summary>
    internal static void Scale(this Tensor tensor, Scalar factor) => Kept(tensor.mul_(factor), factor);

    /// <summary>Adds left · right to the tensor itself.</summary>
    internal static void AddProduct(this Tensor tensor, Tensor left, Tensor right) => tensor.addcmul_(left, right, One);

    /// <summary>Adds to the tensor itself.</summary>
    internal static void Add(this Tensor tensor, Tensor summand) => tensor.add_(summand, One);

    /// <summary>left + right. The operator makes a number too, the factor 1 of its right side; that of a difference does not.</summary>
    internal static Tensor Sum(Tensor left, Tensor right) => left.add(right, One);

    /// <summary>The tensor with a number in the places where another is true.</summary>
    internal static Tensor Fill(this Tensor tensor, Tensor where, Scalar number) => Kept(tensor.masked_fill(where, number), number);

    /// <summary>The tensor with a number in the rows of the given indices.</summary>
    internal static Tensor FillRows(this Tensor tensor, Tensor rows, Scalar number) => Kept(tensor.index_fill(0, rows, number), number);

    /// <summary>The tensor with rows added to those of the given indices.</summary>
    internal static Tensor AddRows(this Tensor tensor, Tensor rows, Tensor summands) => tensor.index_add(0, rows, summands, One);

    /// <summary>The integers start … end - 1.</summary>
    internal static Tensor Range(long start, long end, ScalarType dtype, Device device)
    {
        Scalar first = start, last = end;
        return Kept(Kept(arange(first, last, One, dtype: dtype, device: device), first), last);
    }

    private static Tensor Kept(Tensor result, Scalar number)
    {
        GC.KeepAlive(number);
        return result;
    }
}
