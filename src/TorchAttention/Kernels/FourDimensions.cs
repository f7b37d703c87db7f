using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>
/// Tensors (…, l, d) as (b, h, l, d), which is what fused kernels take, with leading sizes that agree; and what they return, put
/// back.
/// </summary>
internal readonly struct FourDimensions
{
    private readonly long[] leading;

    internal FourDimensions(AttentionCall call)
    {
        leading = [.. AttentionShape.Of(call.Query, call.Key, call.Value).Batch];
    }

    /// <summary>With every leading size in full.</summary>
    internal Tensor Expand(Tensor tensor)
    {
        var four = To(tensor);
        var (b, h) = leading.Length switch { 0 => (1L, 1L), 1 => (leading[0], 1L), _ => (leading[0], leading[1]) };
        return four.size(0) == b && four.size(1) == h ? four : four.expand(b, h, -1, -1);
    }

    /// <summary>With ones where there are no leading sizes: (l, d) becomes (1, 1, l, d), (b, l, d) becomes (b, 1, l, d).</summary>
    internal Tensor To(Tensor tensor)
    {
        if (tensor.dim() == 4) return tensor;
        // What broadcasts to (b, l, s) from (l, s) has no b.
        if (leading.Length == 1 && tensor.dim() == 3) return tensor.unsqueeze(1);
        return tensor.dim() == 3 ? tensor.unsqueeze(0) : tensor.unsqueeze(0).unsqueeze(0);
    }

    internal Tensor Back(Tensor tensor) => leading.Length switch
    {
        0 => tensor.squeeze(0).squeeze(0),
        1 => tensor.squeeze(1),
        _ => tensor,
    };
}
