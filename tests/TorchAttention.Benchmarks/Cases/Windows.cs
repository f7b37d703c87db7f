using TorchAttention.Benchmarks.Measuring;
using TorchSharp;
using static TorchAttention.Benchmarks.Cases.Inputs;
using static TorchSharp.torch;

namespace TorchAttention.Benchmarks.Cases;

/// <summary>Local attention, b 1, h 8, d 64, window 256 + 256: against the dense band mask, and as its length grows.</summary>
internal static class Windows
{
    private const string Group = "Local attention";
    private const long Reach = 256;

    internal static IEnumerable<Case> All =>
    [
        new(Group, "window 256 + 256, l = 16,384, forward", "SDPA with the dense band mask", () => AgainstTheMask(gradients: false))
            { Target = 0.06, Slow = true },
        new(Group, "window 256 + 256, l = 16,384, forward and backward", "SDPA with the dense band mask", () => AgainstTheMask(gradients: true))
            { Target = 0.08, Slow = true },
        new(Group, "window 256 + 256, l = 16,384, forward", "the window's products alone", AgainstItsProducts) { Target = 2.2 },
        .. Precise(4096),
        Growth(65_536), Growth(262_144) with { Slow = true },
        new(Group, "h 1, window 128 + 128, l = 1,048,576, forward", "l = 262,144, four times", () =>
        {
            var (large, small) = (Random(1, 1, 1 << 20, 64), Random(1, 1, 1 << 18, 64));
            var attention = new LocalAttention(64, 64, 64, 128, 128);
            var four = Enumerable.Repeat(Forward(() => small.Call(attention)), 4).ToArray();
            return new(Forward(() => large.Call(attention)), () => Array.ForEach(four, action => action()));
        }) { Target = 1.2, MemoryTarget = 3e9, Slow = true },
    ];

    private static LocalAttention Local() => new(64, 64, 64, Reach, Reach);

    private static Contest AgainstTheMask(bool gradients)
    {
        const long l = 16_384;
        var (inputs, attention) = (Random(1, 8, l, 64, gradients: gradients), Local());
        var distance = (arange(l, device: CPU) - arange(l, device: CPU).unsqueeze(-1)).abs();
        var band = distance.le(Reach);
        return gradients
            ? new(ForwardBackward(() => inputs.Call(attention), inputs.Leaves), ForwardBackward(() => inputs.Raw(band), inputs.Leaves))
            : new(Forward(() => inputs.Call(attention)), Forward(() => inputs.Raw(band)));
    }

    /// <summary>In float64, where libtorch's fused kernel does each block.</summary>
    private static IEnumerable<Case> Precise(long l)
    {
        foreach (var gradients in new[] { false, true })
            yield return new(Group, $"float64, window 256 + 256, l = {l:N0}, forward{(gradients ? " and backward" : "")}", "SDPA with the dense band mask", () =>
            {
                Tensor Make() => randn([1, 8, l, 64], dtype: ScalarType.Float64, device: CPU, requires_grad: gradients);
                var (inputs, attention) = (new Inputs(Make(), Make(), Make()), Local());
                var band = (arange(l, device: CPU) - arange(l, device: CPU).unsqueeze(-1)).abs().le(Reach);
                return gradients
                    ? new(ForwardBackward(() => inputs.Call(attention), inputs.Leaves), ForwardBackward(() => inputs.Raw(band), inputs.Leaves))
                    : new(Forward(() => inputs.Call(attention)), Forward(() => inputs.Raw(band)));
            })
            { Target = 1, Slow = true };
    }

    /// <summary>As many multiplications as the window has, in products of libtorch's: 2 · l · (left + right + 1) · d for scores and context each.</summary>
    private static Contest AgainstItsProducts()
    {
        const long l = 16_384, size = 1536;
        var (inputs, attention) = (Random(1, 8, l, 64), Local());
        var operations = 4.0 * 8 * l * (2 * Reach + 1) * 64;
        var (left, right) = (Normal(size, size), Normal(size, size));
        var products = (long)Math.Round(operations / (2.0 * size * size * size));
        return new(
            Forward(() => inputs.Call(attention)),
            Forward(() =>
            {
                for (var n = 0; n < products - 1; n++) left.mm(right).Dispose();
                return left.mm(right);
            }), operations);
    }

    /// <summary>
    /// Time at a length against that at 16,384, scaled by the lengths: 1.0 is linear, 1.05 its exponent's limit. The memory is to grow
    /// likewise from what 16,384 need for context and packed keys, and two megabytes for each thread.
    /// </summary>
    private static Case Growth(long l) => new(Group, $"window 256 + 256, l = {l:N0}, forward", $"l = 16,384, {l / 16_384} times", () =>
    {
        var (large, small) = (Random(1, 8, l, 64), Random(1, 8, 16_384, 64));
        var attention = Local();
        return new(
            Forward(() => large.Call(attention)),
            () =>
            {
                for (var n = 0; n < l / 16_384; n++) Forward(() => small.Call(attention))();
            });
    })
    {
        Target = Math.Pow(l / 16_384, 0.05),
        MemoryTarget = Math.Pow(l / 16_384, 1.05) * ((2 * 8 * 16_384 * 64 * sizeof(float)) + (get_num_threads() * (2 << 20))),
    };
}
