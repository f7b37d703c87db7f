using TorchSharp;
using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>
/// Soft attention by libtorch's fused kernel, which never holds the (l, s) matrix. That kernel is reached only by inputs of four
/// dimensions with equal sizes of key and value, the last stride 1 and no gradient for the mask; all others fall back to one that
/// is slower by a factor of 5 to 70, silently. Here every input is put into that form. There is no second derivative.
/// </summary>
internal sealed class FusedKernel : Kernel
{
    /// <summary>Softmax over a product, the context alone, and nothing that libtorch's kernel would leave its fast path for.</summary>
    internal static bool Takes(KernelCall call) =>
        call is { Normalizer: Softmax { IsHooked: false }, Dropout: 0, Cap: null, Inputs.NeedWeights: false }
        && !(is_grad_enabled() && call.Inputs.Bias is { requires_grad: true })
        && call.Inputs.Key.size(-2) > 0 && call.Inputs.Query.size(-2) > 0
        && call.Inputs.Query.numel() > 0 && call.Inputs.Value.numel() > 0
        && call.Product is not null;

    internal override AttentionOutput Attend(KernelCall call)
    {
        var (query, scale) = call.Product!.Value;
        var four = call.Four;
        var isCausal = call.Inputs is { Added: null, Pairs: { IsCausal: true } };
        var mask = isCausal ? null : call.Added ?? call.Inputs.Allowed;
        var context = Attend(
            four.Expand(query), four.Expand(call.Inputs.Key), four.Expand(call.Inputs.Value), scale,
            mask is null ? null : four.To(mask), isCausal);
        return new AttentionOutput(four.Back(context), null);
    }

    /// <summary>softmax(scale · q kᵀ | mask) v.</summary>
    /// <param name="query">(b, h, l, d).</param>
    /// <param name="key">(b, h, s, d).</param>
    /// <param name="value">(b, h, s, e).</param>
    /// <param name="scale">The factor of the scores.</param>
    /// <param name="mask">Bool, true where allowed, or what is added to the scores; broadcastable to (b, h, l, s).</param>
    /// <param name="causal">Whether query i sees the keys 0 … i alone; without a mask.</param>
    /// <returns>(b, h, l, e).</returns>
    internal static Tensor Attend(Tensor query, Tensor key, Tensor value, double scale, Tensor? mask, bool causal = false)
    {
        var (d, e) = (key.size(-1), value.size(-1));
        var size = Math.Max(d, e);
        // The kernel's own factor is 1/√size.
        var factor = scale * Math.Sqrt(size);
        if (Math.Abs(factor - 1) > 1e-15) query = query.Times(factor);
        var context = nn.functional.scaled_dot_product_attention(
            Fit(query, size), Fit(key, size), Fit(value, size), mask, 0, causal);
        return e == size ? context : context.narrow(-1, 0, e);
    }

    /// <summary>Filled up with zeros to the size, and with the last stride 1.</summary>
    private static Tensor Fit(Tensor tensor, long size)
    {
        if (tensor.size(-1) < size) return nn.functional.pad(tensor, [0, size - tensor.size(-1)]);
        return size > 1 && tensor.stride(-1) != 1 ? tensor.contiguous() : tensor;
    }
}
