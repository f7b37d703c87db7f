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
        .. NotPositive(size => new LocalAttention(size, size, 3, 1, 1), "queryDim"),
        .. NotPositive(size => new LocalAttention(3, 3, size, 1, 1), "valueDim"),
        ("keyDim", () => new LocalAttention(3, 5, 7, 1, 1)),
        ("left", () => new LocalAttention(3, 3, 5, -1, 1)),
        ("right", () => new LocalAttention(3, 3, 5, 1, -1)),
        ("left", () => new LocalAttention(new DotScore(), long.MinValue, 1)),
        ("right", () => new LocalAttention(new DotScore(), 1, -1)),
        ("score", () => new LocalAttention(null!, 1, 1)),
        .. NoProbability(dropout => new LocalAttention(3, 3, 5, 1, 1, dropout), "dropout"),
        .. NoProbability(dropout => new LocalAttention(new DotScore(), 1, 1, dropout: dropout), "dropout"),
        .. NotPositive(size => new PredictiveLocalAttention(size, size, 3, 2, 5), "queryDim"),
        .. NotPositive(size => new PredictiveLocalAttention(3, 3, size, 2, 5), "valueDim"),
        .. NotPositive(size => new PredictiveLocalAttention(3, 3, 5, size, 5), "halfWidth"),
        .. NotPositive(size => new PredictiveLocalAttention(3, 3, 5, 2, size), "hiddenDim"),
        ("keyDim", () => new PredictiveLocalAttention(3, 5, 7, 2, 5)),
        ("score", () => new PredictiveLocalAttention(null!, 3, 2, 5)),
        .. NotPositive(size => new PredictiveLocalAttention(new DotScore(), size, 2, 5), "queryDim"),
        ("queryDim", () => new PredictiveLocalAttention(new ScaledDotScore(3), 5, 2, 5)),
        ("left", () => AttentionMask.Window(-1, 0)),
        ("right", () => AttentionMask.Window(0, -1)),
        ("lengths", () => AttentionMask.Padding(3, -1)),
        ("lengths", () => AttentionMask.Padding((long[])null!)),
        ("lengths", () => AttentionMask.Padding((Tensor)null!)),
        ("allowed", () => AttentionMask.Allow(null!)),
        ("values", () => AttentionBias.Dense(null!)),
        ("left", () => _ = null! & AttentionMask.Causal),
        ("right", () => _ = AttentionMask.Causal & null!),
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

    private static IEnumerable<(string, Action)> NotPositive(Func<long, object> create, string argument) =>
        new long[] { 0, -1, long.MinValue }.Select(size => (argument, (Action)(() => create(size))));

    private static IEnumerable<(string, Action)> NotFinite(Func<double, object> create, string argument) =>
        new[] { double.NaN, double.PositiveInfinity, double.NegativeInfinity }.Select(number => (argument, (Action)(() => create(number))));

    private static IEnumerable<(string, Action)> NoProbability(Func<double, object> create, string argument) =>
        new[] { double.NaN, -0.1, 1, 2 }.Select(number => (argument, (Action)(() => create(number))));
}
