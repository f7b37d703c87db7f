using TorchSharp;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Support;

/// <summary>The pipeline: a score, a normalizer, and what a local mechanism forbids.</summary>
internal sealed record ScoredReference(ScoreKind Score) : Reference(Score.QueryDim, Score.KeyDim, Sizes.ValueDim)
{
    internal NormalizerKind Normalizer { get; init; } = NormalizerKind.Softmax;

    /// <summary>Which pairs a local mechanism lets meet: i, j, l, s.</summary>
    internal Func<long, long, long, long, bool> Band { get; init; } = (_, _, _, _) => true;

    /// <summary>Luong's local-p, with a window of this half width.</summary>
    internal long? HalfWidth { get; init; }

    internal override bool InBand(long i, long j, long queries, long keys) => Band(i, j, queries, keys);

    /// <summary>The oracle with the module's parameters and, beside the mask, what the mechanism itself forbids.</summary>
    internal override (Grid Context, Grid Weights) Oracle(Attention attention, Inputs inputs, PairAllowed allowed, Grid? bias = null)
    {
        var parameters = attention.state_dict().ToDictionary(entry => entry.Key, entry => Grid.Of(entry.Value));
        var (l, s) = (inputs.QueryLength, inputs.KeyLength);
        var oracle = new Oracle(Score.Pair(name => parameters["score." + name]))
        {
            Allowed = (batch, i, j) => allowed(batch, i, j) && Band(i, j, l, s),
            Bias = bias,
            Normalize = Normalizer.Row(name => parameters["normalizer." + name]),
            Window = HalfWidth is { } reach ? (Predict(parameters), reach) : null,
        };
        return oracle.Attend(Grid.Of(inputs.Query), Grid.Of(inputs.Key), Grid.Of(inputs.Value));
    }

    /// <summary>Step by step in the inputs' own precision.</summary>
    internal override (Tensor Context, Tensor Weights) Naive(Attention attention, Inputs inputs, PairAllowed allowed)
    {
        var (query, key, value) = inputs;
        var parameters = attention.named_parameters().ToDictionary(entry => entry.name, entry => (Tensor)entry.parameter);
        var (l, s) = (inputs.QueryLength, inputs.KeyLength);
        var present = MaskKind.Tabulate((batch, i, j) => allowed(batch, i, j) && Band(i, j, l, s), inputs.Leading, l, s);

        Tensor? distance = null;
        if (HalfWidth is { } reach)
        {
            var positions = Numbers.Range(0, s, query.dtype, query.device);
            var length = (present.any(-2, keepdim: true).to(query.dtype) * positions.Plus(1)).amax([-1], keepdim: true);
            var hidden = query.matmul(parameters["position_hidden.weight"].t()).tanh();
            distance = positions - hidden.matmul(parameters["position_output.weight"].t()).sigmoid() * length;
            present = present.logical_and(distance.abs().AtMost(reach));
        }

        var scores = Score.Naive(name => parameters["score." + name], query, key).Fill(present.logical_not(), double.NegativeInfinity);
        var weights = Normalizer.Naive(name => parameters["normalizer." + name], scores).Fill(present.logical_not(), 0);
        if (distance is not null) weights *= distance.Squared().Times(-2.0 / (HalfWidth!.Value * HalfWidth.Value)).exp();
        return (weights.matmul(value), weights);
    }

    private static Centre Predict(Dictionary<string, Grid> parameters) => (query, length) =>
    {
        var (hidden, output) = (parameters["position_hidden.weight"], parameters["position_output.weight"]);
        var sum = 0.0;
        for (var n = 0; n < hidden.Shape[0]; n++)
            sum += output.Numbers[n] * Math.Tanh(ScoreKind.Product(hidden.Row([], n), query));
        return length / (1 + Math.Exp(-sum));
    };
}
