using TorchAttention.Benchmarks.Measuring;
using TorchSharp;
using static TorchAttention.Benchmarks.Cases.Inputs;
using static TorchSharp.torch;

namespace TorchAttention.Benchmarks.Cases;

/// <summary>Soft and hard attention against libtorch's own; b 1, h 8, d 64 unless the name says otherwise.</summary>
internal static class Targets
{
    private const string Group = "Soft and hard attention";

    internal static IEnumerable<Case> All =>
    [
        Plain(1024, 1.05), Plain(4096, 1.05),
        Plain(1024, 0.6) with { BaselineUntuned = true, Name = "plain, l = 1,024, tuned", Baseline = "raw SDPA with libtorch's defaults" },
        Plain(4096, 0.6) with { BaselineUntuned = true, Name = "plain, l = 4,096, tuned", Baseline = "raw SDPA with libtorch's defaults" },
        new(Group, "one decoder step, b 32, l 1, s 24, d 512", "the same operations written out", Step) { Target = 1.15 },
        new(Group, "3-D inputs, l = 2,048", "raw SDPA on plain 4-D inputs", () =>
        {
            var (inputs, attention) = (Random(1, 8, 2048, 64), Scaled());
            var flat = new Inputs(inputs.Query[0], inputs.Key[0], inputs.Value[0]);
            return new(Forward(() => flat.Call(attention)), Forward(() => inputs.Raw()));
        }) { Target = 1.3 },
        new(Group, "value size 48, l = 2,048", "raw SDPA at 64", () =>
        {
            var (inputs, plain) = (Random(1, 8, 2048, 64, e: 48), Random(1, 8, 2048, 64));
            var attention = new ScaledDotProductAttention(64, 64, 48);
            return new(Forward(() => inputs.Call(attention)), Forward(() => plain.Raw()));
        }) { Target = 1.3 },
        new(Group, "strided inputs, l = 2,048", "raw SDPA on plain inputs", () =>
        {
            var (inputs, attention) = (Random(1, 8, 2048, 64), Scaled());
            var strided = new Inputs(Turned(inputs.Query), Turned(inputs.Key), Turned(inputs.Value));
            return new(Forward(() => strided.Call(attention)), Forward(() => inputs.Raw()));
        }) { Target = 1.3 },
        new(Group, "dropout 0.1, forward and backward, l = 2,048", "raw SDPA without dropout", () =>
        {
            var inputs = Random(1, 8, 2048, 64, gradients: true);
            var attention = new ScaledDotProductAttention(64, 64, 64, dropout: 0.1);
            return new(ForwardBackward(() => inputs.Call(attention), inputs.Leaves), ForwardBackward(() => inputs.Raw(), inputs.Leaves));
        }) { Target = 2.5 },
        new(Group, "dense bias with gradient, forward and backward, l = 2,048", "raw SDPA without bias", () =>
        {
            var (inputs, attention) = (Random(1, 8, 2048, 64, gradients: true), Scaled());
            var values = Normal(gradients: true, 8, 2048, 2048);
            var bias = AttentionBias.Dense(values);
            return new(
                ForwardBackward(() => inputs.Call(attention, bias: bias), [.. inputs.Leaves, values]),
                ForwardBackward(() => inputs.Raw(), inputs.Leaves));
        }) { Target = 3 },
        new(Group, "weights requested, l = 2,048", "raw SDPA without weights", () =>
        {
            var (inputs, attention) = (Random(1, 8, 2048, 64), Scaled());
            return new(
                Forward(() => attention.Attend(inputs.Query, inputs.Key, inputs.Value).Weights), Forward(() => inputs.Raw()));
        }) { Target = 1.5, MemoryTarget = 1.2 * 8 * 2048 * 2048 * sizeof(float) },
        new(Group, "hard, eval, l = 4,096", "raw SDPA", () =>
        {
            var inputs = Random(1, 8, 4096, 64);
            var attention = new HardAttention(64, 64, 64);
            attention.eval();
            return new(Forward(() => inputs.Call(attention)), Forward(() => inputs.Raw()));
        }) { Target = 0.8, MemoryTarget = 64 << 20 },
        new(Group, "causal, l = 4,096", "raw SDPA without mask", () =>
        {
            var (inputs, attention) = (Random(1, 8, 4096, 64), Scaled());
            return new(
                Forward(() => inputs.Call(attention, AttentionMask.Causal)), Forward(() => inputs.Raw()), 2.0 * 8 * 4096 * 4096 * 64);
        }) { Target = 0.6 },
        Normalized("sparsemax", () => new Sparsemax()) with { Target = 4 },
        Normalized("entmax-1.5", () => new Entmax15()) with { Target = 4 },
        Normalized("softmax", () => new Softmax()),
        Normalized("sparsemax under a mask", () => new Sparsemax(), masked: true),
        Normalized("softmax under a mask", () => new Softmax(), masked: true),
    ];

    private static ScaledDotProductAttention Scaled() => new(64, 64, 64);

    private static Case Plain(long l, double target) => new(Group, $"plain, l = {l:N0}", "raw SDPA", () =>
    {
        var (inputs, attention) = (Random(1, 8, l, 64), Scaled());
        return new(Forward(() => inputs.Call(attention)), Forward(() => inputs.Raw()), 4.0 * 8 * l * l * 64);
    })
    { Target = target };

    private static Contest Step()
    {
        var inputs = new Inputs(Normal(32, 1, 512), Normal(32, 24, 512), Normal(32, 24, 512));
        var attention = new ScaledDotProductAttention(512, 512, 512);
        Scalar scale = 1 / Math.Sqrt(512);
        return new(
            Forward(() => inputs.Call(attention)),
            Forward(() => (inputs.Query * scale).matmul(inputs.Key.transpose(-2, -1)).softmax(-1).matmul(inputs.Value)));
    }

    private static Case Normalized(string name, Func<Normalizer> create, bool masked = false) => new(
        "Normalizers", $"{name}, 8,192 rows, s = 1,024, forward and backward", "libtorch's softmax", () =>
        {
            var (scores, normalizer) = (Normal(gradients: true, 8192, 1024), create());
            var allowed = masked ? rand(8192, 1024, device: CPU).lt(0.7) : null;
            return new(
                ForwardBackward(() => normalizer.call(scores, allowed), scores), ForwardBackward(() => scores.softmax(-1), scores));
        });

    /// <summary>The same numbers with the last dimension not the innermost.</summary>
    private static Tensor Turned(Tensor tensor) => tensor.transpose(-1, -2).contiguous().transpose(-1, -2);
}
