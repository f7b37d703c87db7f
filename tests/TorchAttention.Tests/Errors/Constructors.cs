using TorchAttention.Tests.Support;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Errors;

/// <summary>Arguments that no call is needed to find wrong.</summary>
public class Constructors
{
    private static readonly (string Argument, Action Action)[] Wrong =
    [
        .. NotPositive(size => new ScaledDotScore(size), "dim"),
        .. NotFinite(scale => new ScaledDotScore(3, scale), "scale"),
        .. NotFinite(scale => new CosineScore(scale), "scale"),
        .. NotFinite(floor => new CosineScore(1, floor), "floor"),
        ("floor", () => new CosineScore(1, 0)),
        .. NotPositive(size => new BilinearScore(size, 3), "queryDim"),
        .. NotPositive(size => new BilinearScore(3, size), "keyDim"),
        .. NotPositive(size => new AdditiveScore(size, 3, 5), "queryDim"),
        .. NotPositive(size => new AdditiveScore(3, size, 5), "keyDim"),
        .. NotPositive(size => new AdditiveScore(3, 5, size), "hiddenDim"),
        .. NotPositive(size => AdditiveScore.WeightNormalized(size, 3, 5), "queryDim"),
        .. NotPositive(size => AdditiveScore.WeightNormalized(3, size, 5), "keyDim"),
        .. NotPositive(size => AdditiveScore.WeightNormalized(3, 5, size), "hiddenDim"),
        ("inner", () => new SoftcapScore(null!, 3)),
        .. NotFinite(cap => new SoftcapScore(new DotScore(), cap), "cap"),
        ("cap", () => new SoftcapScore(new DotScore(), 0)),
        ("cap", () => new SoftcapScore(new DotScore(), -1)),
        .. NotPositive(k => new TopK(k), "k"),
        .. NotPositive(heads => new AttentionSink(heads), "heads"),
        .. NotFinite(alpha => new Entmax(alpha), "alpha"),
        ("alpha", () => new Entmax(1)),
        ("alpha", () => new Entmax(0.5)),
        ("alpha", () => new Entmax(1.01, learnable: true)),
        ("alpha", () => new Entmax(2, learnable: true)),
        ("heads", () => new Entmax(1.5, heads: 3)),
        .. NotPositive(heads => new Entmax(1.5, learnable: true, heads), "heads"),
        .. NotPositive(size => new ScaledDotProductAttention(size, size, 3), "queryDim"),
        .. NotPositive(size => new ScaledDotProductAttention(3, 3, size), "valueDim"),
        ("keyDim", () => new ScaledDotProductAttention(3, 5, 7)),
        .. NotFinite(scale => new ScaledDotProductAttention(3, 3, 5, scale), "scale"),
        .. NoProbability(dropout => new ScaledDotProductAttention(3, 3, 5, dropout: dropout), "dropout"),
        .. NoProbability(dropout => new SoftAttention(new DotScore(), dropout: dropout), "dropout"),
        ("score", () => new SoftAttention(null!)),
        .. NotPositive(size => new HardAttention(size, size, 3), "queryDim"),
        .. NotPositive(size => new HardAttention(3, 3, size), "valueDim"),
        ("keyDim", () => new HardAttention(3, 5, 7)),
        ("score", () => new HardAttention((Score)null!)),
        .. NotFinite(temperature => new StraightThrough(temperature), "temperature"),
        ("temperature", () => new StraightThrough(0)),
        ("temperature", () => new StraightThrough(-1)),
        .. NotFinite(temperature => new StraightThrough { Temperature = temperature }, "temperature"),
        ("temperature", () => _ = new StraightThrough { Temperature = 0 }),
        .. NotFinite(temperature => new Gumbel(temperature), "temperature"),
        ("temperature", () => new Gumbel(0)),
        .. NotFinite(temperature => new Gumbel { Temperature = temperature }, "temperature"),
        ("temperature", () => _ = new Gumbel { Temperature = -1 }),
        ("generator", () => new Gumbel(1, Elsewhere())),
        .. NoProbability(semiSampling => new Reinforce(semiSampling), "semiSampling"),
        ("generator", () => new Reinforce(0, Elsewhere())),
        .. NotPositive(k => new TopKMarginal(k), "k"),
        .. NotFinite(start => new TemperatureSchedule(start, 0.5, 0.1), "start"),
        ("start", () => new TemperatureSchedule(0, 0.5, 0.1)),
        .. NotFinite(end => new TemperatureSchedule(1, end, 0.1), "end"),
        ("end", () => new TemperatureSchedule(1, 0, 0.1)),
        ("end", () => new TemperatureSchedule(1, 2, 0.1)),
        .. NotFinite(rate => new TemperatureSchedule(1, 0.5, rate), "rate"),
        ("rate", () => new TemperatureSchedule(1, 0.5, -0.1)),
        ("step", () => new TemperatureSchedule(1, 0.5, 0.1).At(-1)),
        .. NotFinite(weight => new ReinforceLoss(weight), "rewardWeight"),
        ("rewardWeight", () => new ReinforceLoss(-1)),
        .. NotFinite(weight => new ReinforceLoss(1, weight), "entropyWeight"),
        ("entropyWeight", () => new ReinforceLoss(1, -1)),
        .. NoProbability(decay => new ReinforceLoss(decay: decay), "decay"),
        ("reduction", () => new ReinforceLoss(reduction: (nn.Reduction)7)),
        .. NotPositive(size => new LocalAttention(size, size, 3, 1, 1), "queryDim"),
        .. NotPositive(size => new LocalAttention(3, 3, size, 1, 1), "valueDim"),
        ("keyDim", () => new LocalAttention(3, 5, 7, 1, 1)),
        ("left", () => new LocalAttention(3, 3, 5, -1, 1)),
        ("right", () => new LocalAttention(3, 3, 5, 1, -1)),
        ("left", () => new LocalAttention(new DotScore(), long.MinValue, 1)),
        ("right", () => new LocalAttention(new DotScore(), 1, -1)),
        ("score", () => new LocalAttention(null!, 1, 1)),
        .. NotPositive(dilation => new LocalAttention(3, 3, 5, 1, 1, dilation: dilation), "dilation"),
        .. NotPositive(dilation => new LocalAttention(new DotScore(), 1, 1, dilation: dilation), "dilation"),
        ("globalTokens", () => new LocalAttention(3, 3, 5, 1, 1, globalTokens: -1)),
        ("globalTokens", () => new LocalAttention(new DotScore(), 1, 1, globalTokens: -1)),
        ("score", () => new LocalAttention(null!, AttentionMask.Causal)),
        ("window", () => new LocalAttention(new DotScore(), null!)),
        .. NoProbability(dropout => new LocalAttention(3, 3, 5, 1, 1, dropout), "dropout"),
        .. NoProbability(dropout => new LocalAttention(new DotScore(), AttentionMask.Causal, dropout: dropout), "dropout"),
        .. NoProbability(dropout => new LocalAttention(new DotScore(), 1, 1, dropout: dropout), "dropout"),
        .. NotPositive(size => new PredictiveLocalAttention(size, size, 3, 2, 5), "queryDim"),
        .. NotPositive(size => new PredictiveLocalAttention(3, 3, size, 2, 5), "valueDim"),
        .. NotPositive(size => new PredictiveLocalAttention(3, 3, 5, size, 5), "halfWidth"),
        .. NotPositive(size => new PredictiveLocalAttention(3, 3, 5, 2, size), "hiddenDim"),
        ("keyDim", () => new PredictiveLocalAttention(3, 5, 7, 2, 5)),
        ("score", () => new PredictiveLocalAttention(null!, 3, 2, 5)),
        .. NotPositive(size => new PredictiveLocalAttention(new DotScore(), size, 2, 5), "queryDim"),
        ("queryDim", () => new PredictiveLocalAttention(new ScaledDotScore(3), 5, 2, 5)),
        .. NotPositive(size => new MonotonicAttention(size, size, 3), "queryDim"),
        .. NotPositive(size => new MonotonicAttention(3, 3, size), "valueDim"),
        .. NotPositive(chunk => new MonotonicAttention(3, 3, 5, chunk), "chunk"),
        ("keyDim", () => new MonotonicAttention(3, 5, 7)),
        .. NotFinite(offset => new MonotonicAttention(3, 3, 5, offset: offset), "offset"),
        .. NotFinite(noise => new MonotonicAttention(3, 3, 5, noise: noise), "noise"),
        ("noise", () => new MonotonicAttention(new DotScore(), noise: -1)),
        ("score", () => new MonotonicAttention(null!)),
        ("score", () => new MonotonicAttention(null!, new DotScore(), 2)),
        ("chunkScore", () => new MonotonicAttention(new DotScore(), null!, 2)),
        ("chunk", () => new MonotonicAttention(new DotScore(), new DotScore(), 1)),
        ("chunkScore", () => new MonotonicAttention(new ScaledDotScore(3), new ScaledDotScore(5), 2)),
        ("chunkScore", () => Together(new DotScore(), new BilinearScore(3, 5))),
        ("chunkScore", () => Together(new BilinearScore(3, 5), new BilinearScore(3, 7))),
        ("chunkScore", () => Twice(new DotScore())),
        .. NotPositive(size => new LinearAttention(size, size, 3), "queryDim"),
        .. NotPositive(size => new LinearAttention(3, 3, size), "valueDim"),
        ("keyDim", () => new LinearAttention(3, 5, 7)),
        .. NotPositive(size => new GraphAttention(size, 3), "inputDim"),
        .. NotPositive(size => new GraphAttention(3, size), "outputDim"),
        .. NotPositive(size => new GraphAttention(3, 5, size), "heads"),
        .. NoProbability(dropout => new GraphAttention(3, 5, dropout: dropout), "dropout"),
        ("score", () => new GraphAttention(3, 5, score: (GraphScore)2)),
        ("left", () => AttentionMask.Window(-1, 0)),
        ("right", () => AttentionMask.Window(0, -1)),
        .. NotPositive(dilation => AttentionMask.Window(1, 1, dilation), "dilation"),
        ("left", () => AttentionMask.WindowTopLeft(-1, 0)),
        ("right", () => AttentionMask.WindowTopLeft(0, -1)),
        .. NotPositive(dilation => AttentionMask.WindowTopLeft(1, 1, dilation), "dilation"),
        ("first", () => AttentionMask.WindowTopLeft(1, 1, first: -1)),
        ("lengths", () => AttentionMask.Prefix(3, -1)),
        ("lengths", () => AttentionMask.Prefix(null!)),
        ("count", () => AttentionMask.Global(-1)),
        ("segments", () => AttentionMask.Documents(null!)),
        ("querySegments", () => AttentionMask.Documents(null!, null!)),
        ("lengths", () => AttentionMask.Padding(3, -1)),
        ("lengths", () => AttentionMask.Padding((long[])null!)),
        ("lengths", () => AttentionMask.Padding((Tensor)null!)),
        ("allowed", () => AttentionMask.Allow(null!)),
        ("values", () => AttentionBias.Dense(null!)),
        ("left", () => _ = null! & AttentionMask.Causal),
        ("right", () => _ = AttentionMask.Causal & null!),
        ("left", () => _ = null! | AttentionMask.Causal),
        ("right", () => _ = AttentionMask.Causal | null!),
        .. NotPositive(AttentionBias.Alibi, "heads"),
        ("slopes", () => AttentionBias.Alibi(null!)),
        ("slopes", () => AttentionBias.Alibi([])),
        .. NotFinite(slope => AttentionBias.Alibi([1, slope]), "slopes"),
        ("table", () => AttentionBias.Relative(null!)),
        ("table", () => AttentionBias.RelativeBuckets(null!)),
        ("left", () => _ = null! + AttentionBias.Alibi(1)),
        ("right", () => _ = AttentionBias.Alibi(1) + null!),
        .. NotPositive(heads => new RelativePositions(heads, 3), "heads"),
        .. NotPositive(reach => new RelativePositions(3, reach), "reach"),
        .. NotPositive(heads => new BucketedRelativePositions(heads), "heads"),
        .. NotPositive(buckets => new BucketedRelativePositions(3, buckets), "buckets"),
        ("buckets", () => new BucketedRelativePositions(3, 3)),
        ("buckets", () => new BucketedRelativePositions(3, 1, bidirectional: false)),
        ("maxDistance", () => new BucketedRelativePositions(3, 32, maxDistance: 8)),
        ("maxDistance", () => new BucketedRelativePositions(3, 32, bidirectional: false, maxDistance: 16)),
    ];

    public static IEnumerable<TheoryDataRow<int, string>> Cases => Wrong.Select((entry, i) => new TheoryDataRow<int, string>(i, entry.Argument));

    [Theory]
    [MemberData(nameof(Cases))]
    public void AreChecked(int index, string argument) => Rejected.Check(argument, Wrong[index].Action);

    public static IEnumerable<TheoryDataRow<string>> LengthTensors => Lengths.Keys.Select(name => new TheoryDataRow<string>(name));

    private static readonly Dictionary<string, Func<Tensor>> Lengths = new()
    {
        ["not Int64"] = () => tensor(new[] { 3, 5 }, dtype: ScalarType.Int32, device: CPU),
        ["floating"] = () => tensor(new[] { 3.0, 5.0 }, dtype: ScalarType.Float64, device: CPU),
        ["two dimensions"] = () => tensor(new long[] { 3, 5 }, dtype: ScalarType.Int64, device: CPU).unsqueeze(0),
        ["no dimension"] = () => tensor(3L, dtype: ScalarType.Int64, device: CPU),
        ["negative"] = () => tensor(new long[] { 3, -5 }, dtype: ScalarType.Int64, device: CPU),
        ["without numbers"] = () => tensor(new long[] { 3, 5 }, dtype: ScalarType.Int64, device: CPU).to(new Device(DeviceType.META)),
        ["sparse"] = () => tensor(new long[] { 3, 5 }, dtype: ScalarType.Int64, device: CPU).to_sparse(),
        ["disposed"] = () =>
        {
            var lengths = tensor(new long[] { 3, 5 }, dtype: ScalarType.Int64, device: CPU);
            lengths.Dispose();
            return lengths;
        },
    };

    [Theory]
    [MemberData(nameof(LengthTensors))]
    public void LengthsAreInt64(string name)
    {
        using var scope = NewDisposeScope();
        var lengths = Lengths[name]();
        Rejected.Check("lengths", () => AttentionMask.Padding(lengths));
    }

    [Fact]
    public void AllowedIsBoolWithTwoDimensions()
    {
        using var scope = NewDisposeScope();
        var data = new Data(12);
        var (oneDimension, floating, disposed) = (data.Bool(0.5, 7), data.Normal(5, 7), data.Bool(0.5, 5, 7));
        disposed.Dispose();
        Rejected.Check("allowed", () => AttentionMask.Allow(oneDimension));
        Rejected.Check("allowed", () => AttentionMask.Allow(floating));
        Rejected.Check("allowed", () => AttentionMask.Allow(disposed));
    }

    [Fact]
    public void ABiasHasTwoDimensions()
    {
        using var scope = NewDisposeScope();
        var (oneDimension, disposed) = (new Data(12).Normal(7), new Data(12).Normal(5, 7));
        disposed.Dispose();
        Rejected.Check("values", () => AttentionBias.Dense(oneDimension));
        Rejected.Check("values", () => AttentionBias.Dense(disposed));
    }

    [Fact]
    public void SegmentsAreInt64WithOneOrTwoDimensions()
    {
        using var scope = NewDisposeScope();
        var right = zeros(2, 7, dtype: ScalarType.Int64, device: CPU);
        var disposed = right.clone();
        disposed.Dispose();
        foreach (var wrong in new[] { right.to(ScalarType.Int32), right.to(ScalarType.Float32), right.unsqueeze(0), right.sum(), right.to_sparse(), disposed })
        {
            Rejected.Check("segments", () => AttentionMask.Documents(wrong));
            Rejected.Check("querySegments", () => AttentionMask.Documents(wrong, right));
            Rejected.Check("keySegments", () => AttentionMask.Documents(right, wrong));
        }
        foreach (var other in new[] { right.repeat(2, 1), right.to(new Device(DeviceType.META)) })
            Rejected.Check("keySegments", () => AttentionMask.Documents(right, other));
    }

    [Fact]
    public void ATableHasOneOrTwoDimensions()
    {
        using var scope = NewDisposeScope();
        var right = new Data(12).Normal(3, 9);
        var disposed = right.clone();
        disposed.Dispose();
        foreach (var wrong in new[] { right.sum(), right.unsqueeze(0), right.narrow(1, 0, 0), right.to_sparse(), disposed })
        {
            Rejected.Check("table", () => AttentionBias.Relative(wrong));
            Rejected.Check("table", () => AttentionBias.RelativeBuckets(wrong));
        }
        var (even, three, one) = (right.narrow(1, 0, 8), right.narrow(1, 0, 3), right.narrow(1, 0, 1));
        Rejected.Check("table", () => AttentionBias.Relative(even));
        Rejected.Check("table", () => AttentionBias.RelativeBuckets(three));
        Rejected.Check("table", () => AttentionBias.RelativeBuckets(one, bidirectional: false));
        Rejected.Check("maxDistance", () => AttentionBias.RelativeBuckets(right, maxDistance: 2));
        Rejected.Check("maxDistance", () => AttentionBias.RelativeBuckets(right, bidirectional: false, maxDistance: long.MinValue));
    }

    private static MonotonicAttention Twice(Score score) => new(score, score, 2);

    private static void Together(Score score, Score chunkScore)
    {
        using (score)
        using (chunkScore)
            _ = new MonotonicAttention(score, chunkScore, 2);
    }

    private static Generator Elsewhere() => new(1, new Device(DeviceType.META));

    private static IEnumerable<(string, Action)> NotPositive(Func<long, object> create, string argument) =>
        new long[] { 0, -1, long.MinValue }.Select(size => (argument, (Action)(() => create(size))));

    private static IEnumerable<(string, Action)> NotFinite(Func<double, object> create, string argument) =>
        new[] { double.NaN, double.PositiveInfinity, double.NegativeInfinity }.Select(number => (argument, (Action)(() => create(number))));

    private static IEnumerable<(string, Action)> NoProbability(Func<double, object> create, string argument) =>
        new[] { double.NaN, -0.1, 1, 2 }.Select(number => (argument, (Action)(() => create(number))));
}
