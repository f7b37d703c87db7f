using TorchSharp;
using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>Bool flags that broadcast to a tensor, row after row of that tensor, read where they lie.</summary>
/// <remarks>It is of use as long as the dispose scope that it is made in.</remarks>
internal readonly unsafe struct RowFlags
{
    private readonly byte* first;
    private readonly long[] sizes;
    private readonly long[] strides;

    private RowFlags(Tensor flags)
    {
        first = (byte*)Strided.Pointer(flags);
        (sizes, strides) = (flags.shape, flags.stride());
    }

    /// <summary>The flags for a tensor on the CPU of some shape.</summary>
    internal static RowFlags Of(Tensor flags, long[] shape)
    {
        flags = flags.atleast_1d();
        var rows = flags.expand([.. flags.shape[..^1], shape[^1]]).contiguous(); // each as often as it is there, but whole
        return new(rows.expand(shape));
    }

    internal ReadOnlySpan<byte> this[long row]
    {
        get
        {
            var offset = 0L;
            for (var i = sizes.Length - 2; i >= 0; i--)
            {
                (row, var index) = Math.DivRem(row, sizes[i]);
                offset += index * strides[i];
            }
            return new(first + offset, (int)sizes[^1]);
        }
    }
}
