using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>Inputs as (b, h, l, d), the form that fused kernels take, and what they return put back.</summary>
internal static class FourDimensions
{
    /// <summary>The same numbers with leading ones: (l, d) becomes (1, 1, l, d), (b, l, d) becomes (b, 1, l, d).</summary>
    internal static Tensor To(Tensor tensor) => tensor.dim() switch
    {
        2 => tensor.unsqueeze(0).unsqueeze(0),
        3 => tensor.unsqueeze(1),
        _ => tensor,
    };

    /// <summary>Back to as many dimensions as before.</summary>
    internal static Tensor From(Tensor tensor, long dimensions) => dimensions switch
    {
        2 => tensor.squeeze(0).squeeze(0),
        3 => tensor.squeeze(1),
        _ => tensor,
    };
}
