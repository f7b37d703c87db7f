using TorchSharp;
using static TorchSharp.torch;

namespace TorchAttention.Benchmarks.Cases;

/// <summary>The tensors of a case, and what is done with them.</summary>
internal sealed record Inputs(Tensor Query, Tensor Key, Tensor Value)
{
    /// <summary>Normal numbers: query (b, h, l, d), key (b, h, s, d), value (b, h, s, e).</summary>
    internal static Inputs Random(long b, long h, long l, long d, long? s = null, long? e = null, bool gradients = false) => new(
        Normal(gradients, b, h, l, d), Normal(gradients, b, h, s ?? l, d), Normal(gradients, b, h, s ?? l, e ?? d));

    internal static Tensor Normal(bool gradients, params long[] shape) => randn(shape, device: CPU, requires_grad: gradients);

    internal static Tensor Normal(params long[] shape) => Normal(gradients: false, shape);

    /// <summary>Without recording for a backward pass.</summary>
    internal static Action Forward(Func<Tensor> forward) => () =>
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        forward();
    };

    /// <summary>Forward, and backward from a gradient of ones.</summary>
    internal static Action ForwardBackward(Func<Tensor> forward, params Tensor[] leaves) => () =>
    {
        using var scope = NewDisposeScope();
        forward().sum().backward();
        foreach (var leaf in leaves)
        {
            leaf.grad?.Dispose();
            leaf.grad = null;
        }
    };

    internal Tensor[] Leaves => [Query, Key, Value];

    /// <summary>libtorch's own, called as it is.</summary>
    internal Tensor Raw(Tensor? mask = null, double dropout = 0, bool causal = false) =>
        nn.functional.scaled_dot_product_attention(Query, Key, Value, mask, dropout, causal);

    internal Tensor Call(Attention attention, AttentionMask? mask = null, AttentionBias? bias = null) =>
        attention.call(Query, Key, Value, mask, bias);
}
