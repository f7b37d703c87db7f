using TorchAttention.Benchmarks.Measuring;
using TorchSharp;
using static TorchAttention.Benchmarks.Cases.Inputs;
using static TorchSharp.torch;

namespace TorchAttention.Benchmarks.Cases;

/// <summary>What no fused kernel does, against the same written out with whole matrices; b 1, h 8, d 64 unless the name says otherwise.</summary>
internal static class Chunks
{
    private const string Group = "Beyond fused kernels";

    internal static IEnumerable<Case> All =>
    [
        .. Both("sparsemax, l = 256", 256, () => new Sparsemax()),
        .. Both("sparsemax, l = 512", 512, () => new Sparsemax()),
        .. Both("sparsemax, l = 1,024", 1024, () => new Sparsemax()),
        .. Both("sparsemax, l = 2,048", 2048, () => new Sparsemax()),
        .. Both("sparsemax, l = 4,096", 4096, () => new Sparsemax()),
        .. Both("softmax, float64, dropout, l = 512", 512, () => new Softmax(), dtype: ScalarType.Float64, dropout: 0.1),
        .. Both("softmax, float64, dropout, l = 1,024", 1024, () => new Softmax(), dtype: ScalarType.Float64, dropout: 0.1),
        .. Both("softmax, learned bias, l = 2,048", 2048, () => new Softmax(), bias: true),
        .. Both("additive score, hidden 64, l = 256", 256, () => new Softmax(), () => new AdditiveScore(64, 64, 64)),
        .. Both("additive score, hidden 64, l = 1,024", 1024, () => new Softmax(), () => new AdditiveScore(64, 64, 64)),
        .. Both("straight-through, l = 1,024", 1024, () => new StraightThrough()),
        .. Both("sparsemax, window 128 + 128, l = 4,096", 4096, () => new Sparsemax(), reach: 128),
        .. Both("sparsemax, b 32, l = 128", 128, () => new Sparsemax(), b: 32),
        .. Both("sparsemax, b 32, l = 512", 512, () => new Sparsemax(), b: 32),
    ];

    private static IEnumerable<Case> Both(
        string name, long l, Func<Normalizer> normalizer, Func<Score>? score = null, ScalarType dtype = ScalarType.Float32,
        long? reach = null, double dropout = 0, bool bias = false, long b = 1)
    {
        foreach (var gradients in new[] { false, true })
            yield return new(Group, $"{name}, forward{(gradients ? " and backward" : "")}", "written out", () =>
            {
                Tensor Make(params long[] shape) => randn(shape, dtype: dtype, device: CPU, requires_grad: gradients);
                Tensor[] leaves = [Make(b, 8, l, 64), Make(b, 8, l, 64), Make(b, 8, l, 64), .. bias ? new[] { Make(8, l, l) } : []];
                var used = score?.Invoke() ?? new ScaledDotScore(64);
                used.to(dtype);
                var normal = normalizer();
                var attention = new SoftAttention(used, normal, dropout);
                var distance = (arange(l, device: CPU) - arange(l, device: CPU).unsqueeze(-1)).abs();
                var allowed = reach is { } most ? distance.le(most) : null;
                Tensor[] all = [.. leaves, .. used.parameters()];
                Tensor Ours() => attention.call(
                    leaves[0], leaves[1], leaves[2], reach is { } most ? AttentionMask.Window(most, most) : null, bias ? AttentionBias.Dense(leaves[3]) : null);
                Tensor Written()
                {
                    var scores = used.call(leaves[0], leaves[1]);
                    var weights = normal.call(bias ? scores + leaves[3] : scores, allowed);
                    return (dropout > 0 ? nn.functional.dropout(weights, dropout) : weights).matmul(leaves[2]);
                }
                return gradients ? new(ForwardBackward(Ours, all), ForwardBackward(Written, all)) : new(Forward(Ours), Forward(Written));
            })
            { Slow = true };
    }
}
