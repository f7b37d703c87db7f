using System.Globalization;
using TorchAttention.Benchmarks.Measuring;
using TorchSharp;
using static TorchAttention.Benchmarks.Cases.Inputs;
using static TorchSharp.torch;

namespace TorchAttention.Benchmarks.Cases;

/// <summary>What each mechanism costs as the length grows: self-attention, forward and backward, b 1, h 8, d 64.</summary>
internal static class Costs
{
    private const long Heads = 8;
    private const long Size = 64;

    private static readonly long[] Lengths = [256, 1024, 4096, 16_384];

    internal static IEnumerable<Case> All =>
    [
        .. Of("softmax", 4096, () => new ScaledDotProductAttention(Size, Size, Size)),
        .. Of("softmax, causal", 4096, () => new ScaledDotProductAttention(Size, Size, Size), AttentionMask.Causal),
        .. Of("additive score", 1024, () => new SoftAttention(new AdditiveScore(Size, Size, Size))),
        .. Of("sparsemax", 4096, () => new SoftAttention(new ScaledDotScore(Size), new Sparsemax())),
        .. Of("hard, straight-through", 4096, () => new HardAttention(Size, Size, Size)),
        .. Of("local, window 128 + 128", 16_384, () => new LocalAttention(Size, Size, Size, 128, 128)),
        .. Of("linear", 16_384, () => new LinearAttention(Size, Size, Size)),
        .. Of("linear, causal", 16_384, () => new LinearAttention(Size, Size, Size, causal: true)),
        .. Convolution(9),
        .. Of("monotonic, expected", 1024, () => new MonotonicAttention(Size, Size, Size)),
    ];

    private static IEnumerable<Case> Of(string mechanism, long longest, Func<Attention> create, AttentionMask? mask = null) =>
        Of(mechanism, longest, length =>
        {
            var (inputs, attention) = (Random(1, Heads, length, Size, gradients: true), create());
            attention.train();
            return ForwardBackward(() => inputs.Call(attention, mask), [.. inputs.Leaves, .. attention.parameters()]);
        });

    /// <summary>As many channels as the heads have numbers together, in as many groups.</summary>
    private static IEnumerable<Case> Convolution(long width) => Of($"convolution over {width} positions", 16_384, length =>
    {
        var input = Normal(gradients: true, 1, Heads * Size, length);
        var convolution = nn.Conv1d(Heads * Size, Heads * Size, width, padding: width / 2, groups: Heads, device: CPU);
        return ForwardBackward(() => convolution.call(input), [input, .. convolution.parameters()]);
    });

    private static IEnumerable<Case> Of(string mechanism, long longest, Func<long, Action> prepare) =>
        from length in Lengths
        where length <= longest
        select new Case(
            "Cost", string.Create(CultureInfo.InvariantCulture, $"{mechanism}, l = {length:N0}, forward and backward"), "raw SDPA, l = 1,024", () =>
            {
                var one = Random(1, Heads, 1024, Size, gradients: true);
                return new(prepare(length), ForwardBackward(() => one.Raw(), one.Leaves));
            })
        { Point = (mechanism, length), Slow = true };
}
