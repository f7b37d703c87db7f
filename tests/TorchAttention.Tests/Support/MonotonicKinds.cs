namespace TorchAttention.Tests.Support;

/// <summary>Monotonic attention in both modes, with and without chunks. Noise would keep a test from knowing what to expect.</summary>
internal static class MonotonicKinds
{
    private const long Chunk = 3;
    internal const Traits Monotonic = Traits.Unnormalized | Traits.SeesShifts | Traits.OrderedKeys | Traits.Chained;

    internal static readonly IReadOnlyList<Kind> All =
    [
        new("monotonic", new MonotonicReference(ScoreKind.Scaled, Greedy: true), () =>
            new MonotonicAttention(Sizes.QueryDim, Sizes.QueryDim, Sizes.ValueDim)) { Traits = Monotonic | Traits.Hard },
        new("monotonic in training", new MonotonicReference(ScoreKind.Additive, Greedy: false), () =>
            new MonotonicAttention(ScoreKind.Additive.Create(), noise: 0)) { Training = true, Traits = Monotonic },
        new("chunkwise", new MonotonicReference(ScoreKind.Bilinear, Greedy: true) { Chunk = (ScoreKind.Additive, Chunk) }, () =>
            new MonotonicAttention(ScoreKind.Bilinear.Create(), ScoreKind.Additive.Create(), Chunk, noise: 0))
            { Traits = Monotonic | Traits.Hard },
        new("chunkwise in training", new MonotonicReference(ScoreKind.Scaled, Greedy: false) { Chunk = (ScoreKind.Scaled, Chunk) }, () =>
            new MonotonicAttention(Sizes.QueryDim, Sizes.QueryDim, Sizes.ValueDim, Chunk, noise: 0))
            { Training = true, Traits = Monotonic },
    ];
}
