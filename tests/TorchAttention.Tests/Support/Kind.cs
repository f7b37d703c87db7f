using TorchSharp;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Support;

/// <summary>
/// One way to attend, that is a module in one configuration and mode, with what it should compute. Every test over all
/// mechanisms runs over <see cref="All"/>; a convention test sees to it that no module is missing here. Those that sample have no
/// noise here, so that they choose the best key; Rules/Samples tests them with it.
/// </summary>
internal sealed record Kind(string Name, Reference Reference, Func<Attention> Create)
{
    internal const long Left = 2;
    internal const long Right = 1;
    internal const long Dilation = 2;
    internal const long Globals = 3;
    internal const long HalfWidth = 2;

    internal const Traits Windowed = Traits.OrderedKeys | Traits.OrderedQueries | Traits.FromTheEnd | Traits.LooksAhead;
    internal const Traits Predictive = Traits.Unnormalized | Traits.OrderedKeys | Traits.LooksAhead | Traits.ReadsLength;

    internal Kind(string name, ScoreKind score, Func<Attention> create)
        : this(name, new ScoredReference(score), create)
    {
    }

    internal Traits Traits { get; init; }

    internal bool Training { get; init; }

    internal static readonly IReadOnlyList<Kind> All =
    [
        .. ScoreKind.All.Select(score => new Kind($"soft {score}", score, () => new SoftAttention(score.Create()))),
        .. NormalizerKind.All.Skip(1).Select(normalizer => Soft(ScoreKind.Scaled, normalizer)),
        new("scaled dot-product", ScoreKind.Scaled, () =>
            new ScaledDotProductAttention(Sizes.QueryDim, Sizes.QueryDim, Sizes.ValueDim)),
        new("hard", Hard(ScoreKind.Scaled), () => new HardAttention(Sizes.QueryDim, Sizes.QueryDim, Sizes.ValueDim)) { Traits = Traits.Hard },
        new("hard additive", Hard(ScoreKind.Additive), () => new HardAttention(ScoreKind.Additive.Create(), new Expectation()))
            { Traits = Traits.Hard },
        new("straight-through", Hard(ScoreKind.Scaled), () =>
            new HardAttention(Sizes.QueryDim, Sizes.QueryDim, Sizes.ValueDim, new StraightThrough(0.7)))
            { Training = true, Traits = Traits.Hard | Traits.Estimated },
        new("straight-through bilinear", Hard(ScoreKind.Bilinear), () =>
            new HardAttention(ScoreKind.Bilinear.Create(), new StraightThrough()))
            { Training = true, Traits = Traits.Hard | Traits.Estimated },
        new("gumbel", Hard(ScoreKind.Scaled), () => new HardAttention(ScoreKind.Scaled.Create(), new Gumbel(0.7, scores => zeros_like(scores))))
            { Training = true, Traits = Traits.Hard | Traits.Estimated },
        new("reinforce", Hard(ScoreKind.Scaled), () => new HardAttention(ScoreKind.Scaled.Create(), new Reinforce(0, scores => zeros_like(scores))))
            { Training = true, Traits = Traits.Hard | Traits.Estimated },
        new("top-k marginal", new ScoredReference(ScoreKind.Scaled) { Normalizer = NormalizerKind.TopK }, () =>
            new HardAttention(ScoreKind.Scaled.Create(), new TopKMarginal(NormalizerKind.K))) { Training = true, Traits = Traits.Jumps },
        new("expectation", ScoreKind.Scaled, () =>
            new HardAttention(Sizes.QueryDim, Sizes.QueryDim, Sizes.ValueDim, new Expectation())) { Training = true },
        new("local", Local(ScoreKind.Scaled), () =>
            new LocalAttention(Sizes.QueryDim, Sizes.QueryDim, Sizes.ValueDim, Left, Right)) { Traits = Windowed },
        new("local additive", Local(ScoreKind.Additive), () => new LocalAttention(ScoreKind.Additive.Create(), Left, Right))
            { Traits = Windowed },
        new("local dilated", Local(ScoreKind.Scaled, (i, j, l, s) => j - (i + s - l) is -4 or -2 or 0 or 2), () =>
            new LocalAttention(Sizes.QueryDim, Sizes.QueryDim, Sizes.ValueDim, Left, Right, dilation: Dilation)) { Traits = Windowed },
        new("local global", Local(ScoreKind.Additive, (i, j, l, s) => Near(i + s - l, j) || i + s - l is >= 0 and < Globals || j < Globals), () =>
            new LocalAttention(ScoreKind.Additive.Create(), Left, Right, globalTokens: Globals)) { Traits = Windowed },
        new("local from the start", Local(ScoreKind.Bilinear, (i, j, _, _) => Near(i, j)), () =>
            new LocalAttention(ScoreKind.Bilinear.Create(), AttentionMask.WindowTopLeft(Left, Right)))
            { Traits = Traits.OrderedKeys | Traits.OrderedQueries | Traits.FromTheStart | Traits.LooksAhead },
        new("predictive", new ScoredReference(ScoreKind.Scaled) { HalfWidth = HalfWidth }, () =>
            new PredictiveLocalAttention(Sizes.QueryDim, Sizes.QueryDim, Sizes.ValueDim, HalfWidth, Sizes.Hidden)) { Traits = Predictive },
        new("predictive bilinear", new ScoredReference(ScoreKind.Bilinear) { HalfWidth = HalfWidth }, () =>
            new PredictiveLocalAttention(ScoreKind.Bilinear.Create(), Sizes.QueryDim, HalfWidth, Sizes.Hidden)) { Traits = Predictive },
        .. MultiHeadKinds.All,
        .. MonotonicKinds.All,
        new("linear", ScoreKind.Features, () => new LinearAttention(Sizes.QueryDim, Sizes.QueryDim, Sizes.ValueDim)),
        new("linear causal", new ScoredReference(ScoreKind.Features) { Band = (i, j, l, s) => j <= i + s - l }, () =>
            new LinearAttention(Sizes.QueryDim, Sizes.QueryDim, Sizes.ValueDim, causal: true))
            { Traits = Traits.OrderedKeys | Traits.OrderedQueries | Traits.FromTheEnd },
    ];

    internal static IReadOnlyList<string> Names { get; } = [.. All.Select(kind => kind.Name)];

    internal static Kind Of(string name) => All.Single(kind => kind.Name == name);

    public override string ToString() => Name;

    /// <summary>The module in its mode, with seeded parameters.</summary>
    internal Attention Build(ScalarType dtype = ScalarType.Float64, int seed = 1)
    {
        var attention = Create();
        using var noGradient = no_grad();
        var data = new Data(seed);
        attention.to(dtype);
        foreach (var (_, parameter) in attention.named_parameters())
        {
            using var numbers = data.Normal(dtype, parameter.shape);
            using var scaled = numbers.Times(0.5);
            parameter.copy_(scaled);
        }
        attention.train(Training);
        return attention;
    }

    internal Inputs Inputs(
        int rank = 3, ScalarType dtype = ScalarType.Float64, int seed = 2, long queries = Sizes.Queries, long keys = Sizes.Keys) =>
        Inputs(Sizes.Leading(rank), dtype, seed, queries, keys);

    internal Inputs Inputs(
        long[] leading, ScalarType dtype = ScalarType.Float64, int seed = 2, long queries = Sizes.Queries, long keys = Sizes.Keys)
    {
        var data = new Data(seed);
        return new(
            data.Normal(dtype, [.. leading, queries, Reference.QueryDim]),
            data.Normal(dtype, [.. leading, keys, Reference.KeyDim]),
            data.Normal(dtype, [.. leading, keys, Reference.ValueDim]));
    }

    /// <summary>A mask for these inputs, with its meaning pair by pair.</summary>
    internal (AttentionMask? Mask, PairAllowed Allowed) Mask(string name, Inputs inputs) =>
        MaskKind.Of(name).For(Reference.Scores(inputs.Leading), inputs.QueryLength, inputs.KeyLength);

    internal bool Is(Traits traits) => (Traits & traits) != 0;

    /// <summary>Soft attention with any score and normalizer.</summary>
    internal static Kind Soft(ScoreKind score, NormalizerKind normalizer) => new(
        $"soft {score}, {normalizer}", new ScoredReference(score) { Normalizer = normalizer },
        () => new SoftAttention(score.Create(), normalizer.Create()))
    { Traits = normalizer.Traits };

    internal static ScoredReference Hard(ScoreKind score) => new(score) { Normalizer = NormalizerKind.Argmax };

    internal static ScoredReference Local(ScoreKind score, Func<long, long, long, long, bool>? band = null) => new(score)
    {
        Band = band ?? ((i, j, l, s) => Near(i + s - l, j)),
    };

    private static bool Near(long position, long j) => j >= position - Left && j <= position + Right;
}
