using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>Inputs of two to four dimensions as (b, h, length, size), by views.</summary>
internal static class FlexShapes
{
    internal static (Tensor Query, Tensor Key, Tensor Value) Align(Tensor query, Tensor key, Tensor value)
    {
        (query, key, value) = (Four(query), Four(key), Four(value));
        var batch = Math.Max(query.size(0), Math.Max(key.size(0), value.size(0)));
        if (Math.Min(query.size(0), Math.Min(key.size(0), value.size(0))) == 0) batch = 0;
        var heads = Math.Max(key.size(1), value.size(1));
        return (Expand(query, batch, Math.Max(query.size(1), heads)), Expand(key, batch, heads), Expand(value, batch, heads));
    }

    /// <summary>(b, h, …) with the leading dimensions that the inputs had.</summary>
    internal static Tensor? Back(Tensor? result, long leading) => leading switch
    {
        0 => result?.squeeze(0).squeeze(0),
        1 => result?.squeeze(1),
        _ => result,
    };

    private static Tensor Four(Tensor tensor) => tensor.dim() switch
    {
        2 => tensor.unsqueeze(0).unsqueeze(0),
        3 => tensor.unsqueeze(1),
        _ => tensor,
    };

    private static Tensor Expand(Tensor tensor, long batch, long heads) =>
        tensor.size(0) == batch && tensor.size(1) == heads ? tensor : tensor.expand(batch, heads, tensor.size(2), tensor.size(3));
}
