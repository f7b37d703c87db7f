namespace TorchAttention.Tests.Support;

/// <summary>Multi-head attention around several others; small, since every parameter of it is checked by differences.</summary>
internal static class MultiHeadKinds
{
    private const long EmbedDim = 6;
    private const long Heads = 3;
    private const long HeadDim = EmbedDim / Heads;
    private const Traits Rotary = Traits.OrderedKeys | Traits.OrderedQueries | Traits.FromTheEnd;

    internal static readonly IReadOnlyList<Kind> All =
    [
        new("heads", Of(new ScoredReference(ScoreKind.Scaled)), () => new MultiHeadAttention(EmbedDim, Heads)),
        new("heads of other sizes", Of(new ScoredReference(ScoreKind.Scaled)) with { KeyDim = Sizes.KeyDim, ValueDim = Sizes.ValueDim }, () =>
            new MultiHeadAttention(EmbedDim, Heads, keyDim: Sizes.KeyDim, valueDim: Sizes.ValueDim)),
        // Two of a head's three numbers are turned.
        new("grouped heads rotary", new MultiHeadReference(new ScoredReference(ScoreKind.Scaled), 12, 4)
            { KeyValueHeads = 2, Rotary = (2, RotaryLayout.Interleaved) }, () =>
            new MultiHeadAttention(12, 4, keyValueHeads: 2, rotary: new RotaryEmbedding(2))) { Traits = Rotary },
        new("multi-query additive", Of(new ScoredReference(ScoreKind.Additive)) with { KeyValueHeads = 1 }, () =>
            new MultiHeadAttention(
                EmbedDim, Heads, new SoftAttention(new AdditiveScore(HeadDim, HeadDim, Sizes.Hidden, bias: true)), keyValueHeads: 1, bias: false)),
        new("heads hard", Of(Kind.Hard(ScoreKind.Scaled)), () =>
            new MultiHeadAttention(EmbedDim, Heads, new HardAttention(HeadDim, HeadDim, HeadDim))) { Traits = Traits.Hard },
        new("heads local rotary", Of(Kind.Local(ScoreKind.Scaled)) with { Rotary = (HeadDim, RotaryLayout.Halves) }, () =>
            new MultiHeadAttention(
                EmbedDim, Heads, new LocalAttention(HeadDim, HeadDim, HeadDim, Kind.Left, Kind.Right),
                rotary: new RotaryEmbedding(HeadDim, layout: RotaryLayout.Halves))) { Traits = Kind.Windowed | Rotary },
        new("heads predictive", Of(new ScoredReference(ScoreKind.Scaled) { HalfWidth = Kind.HalfWidth }), () =>
            new MultiHeadAttention(
                EmbedDim, Heads, new PredictiveLocalAttention(HeadDim, HeadDim, HeadDim, Kind.HalfWidth, Sizes.Hidden)))
            { Traits = Kind.Predictive },
        new("heads with a sink", Of(new ScoredReference(ScoreKind.Scaled) { Normalizer = NormalizerKind.Sink }), () =>
            new MultiHeadAttention(EmbedDim, Heads, new SoftAttention(new ScaledDotScore(HeadDim), new AttentionSink(1))))
            { Traits = NormalizerKind.Sink.Traits },
        new("heads linear", Of(new ScoredReference(ScoreKind.Features)), () =>
            new MultiHeadAttention(EmbedDim, Heads, new LinearAttention(HeadDim, HeadDim, HeadDim))),
        new("heads monotonic", Of(new MonotonicReference(ScoreKind.Scaled, Greedy: true) { ValueDim = HeadDim }), () =>
            new MultiHeadAttention(EmbedDim, Heads, new MonotonicAttention(HeadDim, HeadDim, HeadDim)))
            { Traits = MonotonicKinds.Monotonic | Traits.Hard },
    ];

    private static MultiHeadReference Of(Reference inner) => new(inner, EmbedDim, Heads);
}
