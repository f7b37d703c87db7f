using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>
/// Tensors (…, l, d) as (b, h, l, d), which is what fused kernels take, by views; and what they return, put back. Where … is a
/// single size it is the heads', so that what differs from head to head finds them, unless it is said to be the batch's.
/// </summary>
internal readonly struct FourDimensions
{
    private readonly int rank;
    private readonly int missing; // the place of the size that is not there, where one is

    internal FourDimensions(Tensor query, Tensor key, Tensor value, bool singleIsBatch = false)
    {
        (rank, missing) = ((int)query.dim(), singleIsBatch ? 1 : 0);
        Batch = Common(Common(Size(query, 0), Size(key, 0)), Size(value, 0));
        KeyHeads = Common(Size(key, 1), Size(value, 1));
        Heads = Size(query, 1) == 1 ? KeyHeads : Size(query, 1);
    }

    /// <summary>b.</summary>
    internal long Batch { get; }

    /// <summary>h.</summary>
    internal long Heads { get; }

    /// <summary>g, the heads of keys and values, which may be shared.</summary>
    internal long KeyHeads { get; }

    /// <summary>With ones for the sizes that are not there: also masks and biases of fewer dimensions, which broadcast.</summary>
    internal Tensor To(Tensor tensor) => tensor.dim() switch
    {
        4 => tensor,
        3 when rank == 3 => tensor.unsqueeze(missing),
        3 => tensor.unsqueeze(0),
        _ => tensor.unsqueeze(0).unsqueeze(0),
    };

    /// <summary>(b, h, ·, ·) in full.</summary>
    internal Tensor Expand(Tensor tensor) => Expand(tensor, Heads);

    /// <summary>(b, g, ·, ·) in full.</summary>
    internal Tensor ExpandKeys(Tensor tensor) => Expand(tensor, KeyHeads);

    /// <summary>With the leading sizes that the inputs had.</summary>
    internal Tensor Back(Tensor tensor) => rank switch
    {
        2 => tensor.squeeze(0).squeeze(0),
        3 => tensor.squeeze(missing),
        _ => tensor,
    };

    private Tensor Expand(Tensor tensor, long heads)
    {
        var four = To(tensor);
        return four.size(0) == Batch && four.size(1) == heads ? four : four.expand(Batch, heads, -1, -1);
    }

    /// <summary>The size of a dimension of <see cref="To"/>.</summary>
    private long Size(Tensor tensor, int dimension) => rank switch
    {
        4 => tensor.size(dimension),
        3 => dimension == missing ? 1 : tensor.size(0),
        _ => 1,
    };

    private static long Common(long left, long right) => left == 1 ? right : left;
}
