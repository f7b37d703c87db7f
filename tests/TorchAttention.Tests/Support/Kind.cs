using TorchSharp;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Support;

/// <summary>
/// One way to attend, that is a module in one configuration and mode, with what the oracle must know of it. Every test over all
/// mechanisms runs over <see cref="All"/>; a convention test sees to it that no module is missing here.
/// </summary>
internal sealed record Kind(string Name, ScoreKind Score, Func<Attention> Create)
{
    internal const long Left = 2;
    internal const long Right = 1;
    internal const long HalfWidth = 2;

    internal bool Training { get; init; }

    /// <summary>All weight on one key.</summary>
    internal bool Hard { get; init; }

    /// <summary>The gradient is an estimate: the derivative of something else than the output.</summary>
    internal bool Estimated { get; init; }

    internal bool Local { get; init; }

    internal bool Predictive { get; init; }

    internal static readonly IReadOnlyList<Kind> All =
    [
        .. ScoreKind.All.Select(score => new Kind($"soft {score}", score, () => new SoftAttention(score.Create()))),
        new("scaled dot-product", ScoreKind.Scaled, () =>
            new ScaledDotProductAttention(Sizes.QueryDim, Sizes.QueryDim, Sizes.ValueDim)),
        new("hard", ScoreKind.Scaled, () => new HardAttention(Sizes.QueryDim, Sizes.QueryDim, Sizes.ValueDim)) { Hard = true },
        new("hard additive", ScoreKind.Additive, () => new HardAttention(ScoreKind.Additive.Create(), new Expectation())) { Hard = true },
        new("straight-through", ScoreKind.Scaled, () =>
            new HardAttention(Sizes.QueryDim, Sizes.QueryDim, Sizes.ValueDim, new StraightThrough(0.7)))
            { Hard = true, Training = true, Estimated = true },
        new("straight-through bilinear", ScoreKind.Bilinear, () => new HardAttention(ScoreKind.Bilinear.Create(), new StraightThrough()))
            { Hard = true, Training = true, Estimated = true },
        new("expectation", ScoreKind.Scaled, () =>
            new HardAttention(Sizes.QueryDim, Sizes.QueryDim, Sizes.ValueDim, new Expectation())) { Training = true },
        new("local", ScoreKind.Scaled, () =>
            new LocalAttention(Sizes.QueryDim, Sizes.QueryDim, Sizes.ValueDim, Left, Right)) { Local = true },
        new("local additive", ScoreKind.Additive, () => new LocalAttention(ScoreKind.Additive.Create(), Left, Right)) { Local = true },
        new("predictive", ScoreKind.Scaled, () =>
            new PredictiveLocalAttention(Sizes.QueryDim, Sizes.QueryDim, Sizes.ValueDim, HalfWidth, Sizes.Hidden)) { Predictive = true },
        new("predictive bilinear", ScoreKind.Bilinear, () =>
            new PredictiveLocalAttention(ScoreKind.Bilinear.Create(), Sizes.QueryDim, HalfWidth, Sizes.Hidden)) { Predictive = true },
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
            data.Normal(dtype, [.. leading, queries, Score.QueryDim]),
            data.Normal(dtype, [.. leading, keys, Score.KeyDim]),
            data.Normal(dtype, [.. leading, keys, Sizes.ValueDim]));
    }

    /// <summary>The oracle with the module's parameters and, beside the mask, what the mechanism itself forbids.</summary>
    internal Oracle Oracle(Attention attention, PairAllowed allowed, long queries, long keys)
    {
        var parameters = attention.state_dict().ToDictionary(entry => entry.Key, entry => Grid.Of(entry.Value));
        return new Oracle(Score.Pair(name => parameters["score." + name]))
        {
            Allowed = (batch, i, j) => allowed(batch, i, j) && InBand(i, j, queries, keys),
            Hard = Hard,
            Window = Predictive ? (Predict(parameters), HalfWidth) : null,
        };
    }

    /// <summary>Whether a local window holds the pair; always for the others.</summary>
    internal bool InBand(long i, long j, long queries, long keys) =>
        !Local || (j >= i + keys - queries - Left && j <= i + keys - queries + Right);

    private static Centre Predict(Dictionary<string, Grid> parameters) => (query, length) =>
    {
        var (hidden, output) = (parameters["position_hidden.weight"], parameters["position_output.weight"]);
        var sum = 0.0;
        for (var n = 0; n < hidden.Shape[0]; n++)
            sum += output.Numbers[n] * Math.Tanh(ScoreKind.Product(hidden.Row([], n), query));
        return length / (1 + Math.Exp(-sum));
    };
}
