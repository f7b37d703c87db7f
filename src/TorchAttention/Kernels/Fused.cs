using TorchSharp;
using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>
/// Soft attention by libtorch's fused kernel, which never holds the (l, s) matrix. The kernel is reached only by inputs of four
/// dimensions with equal sizes of key and value and the last stride 1; others are slower by a factor of 5 to 70, silently. Here
/// every input is put into that form.
/// </summary>
internal static class Fused
{
    /// <summary>softmax(scale · q kᵀ | mask) v.</summary>
    /// <param name="query">(b, h, l, d).</param>
    /// <param name="key">(b, h, s, d).</param>
    /// <param name="value">(b, h, s, e).</param>
    /// <param name="scale">The factor of the scores.</param>
    /// <param name="mask">Bool, true where allowed, or what is added to the scores; broadcastable to (b, h, l, s).</param>
    /// <param name="causal">Whether query i sees the keys 0 … i alone; without a mask.</param>
    /// <returns>(b, h, l, e).</returns>
    internal static Tensor Attend(Tensor query, Tensor key, Tensor value, double scale, Tensor? mask = null, bool causal = false)
    {
        var (d, e) = (key.size(-1), value.size(-1));
        var size = Math.Max(d, e);
        // The kernel's own factor is 1/√size.
        var factor = scale * Math.Sqrt(size);
        if (Math.Abs(factor - 1) > 1e-15) query = query.Times(factor);

        long[] leading = [.. Guard.Broadcast(Guard.Broadcast(query.shape[..2], key.shape[..2])!, value.shape[..2])!];
        var context = nn.functional.scaled_dot_product_attention(
            Fit(query, leading, size), Fit(key, leading, size), Fit(value, leading, size), mask, 0, causal);
        return e == size ? context : context.narrow(-1, 0, e);
    }

    /// <summary>Expanded to the leading sizes, filled up with zeros to the size, and with the last stride 1.</summary>
    private static Tensor Fit(Tensor tensor, long[] leading, long size)
    {
        if (tensor.size(-1) < size) tensor = nn.functional.pad(tensor, [0, size - tensor.size(-1)]);
        if (tensor.size(-1) > 1 && tensor.stride(-1) != 1) tensor = tensor.contiguous();
        return tensor.size(0) == leading[0] && tensor.size(1) == leading[1] ? tensor : tensor.expand(leading[0], leading[1], -1, -1);
    }
}
