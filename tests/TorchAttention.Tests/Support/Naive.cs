using TorchSharp;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Support;

/// <summary>Attention written out in torch, step by step in the inputs' own precision: what sets the error budget.</summary>
internal static class Naive
{
    internal static (Tensor Context, Tensor Weights) Attend(Kind kind, Attention attention, Inputs inputs, PairAllowed mask)
    {
        var (query, key, value) = inputs;
        var parameters = attention.named_parameters().ToDictionary(entry => entry.name, entry => (Tensor)entry.parameter);
        var (l, s) = (inputs.QueryLength, inputs.KeyLength);
        var allowed = MaskKind.Tabulate(
            (batch, i, j) => mask(batch, i, j) && kind.InBand(i, j, l, s), inputs.Leading, l, s);

        Tensor? distance = null;
        if (kind.Predictive)
        {
            var positions = Numbers.Range(0, s, query.dtype, query.device);
            var length = (allowed.any(-2, keepdim: true).to(query.dtype) * positions.Plus(1)).amax([-1], keepdim: true);
            var hidden = query.matmul(parameters["position_hidden.weight"].t()).tanh();
            distance = positions - hidden.matmul(parameters["position_output.weight"].t()).sigmoid() * length;
            allowed = allowed.logical_and(distance.abs().AtMost(Kind.HalfWidth));
        }

        var scores = kind.Score.Naive(name => parameters["score." + name], query, key)
            .Fill(allowed.logical_not(), double.NegativeInfinity);
        var weights = kind.Hard ? OneHot(scores) : scores.softmax(-1);
        weights = weights.Fill(allowed.logical_not(), 0);
        if (distance is not null) weights *= distance.Squared().Times(-2.0 / (Kind.HalfWidth * Kind.HalfWidth)).exp();
        return (weights.matmul(value), weights);
    }

    private static Tensor OneHot(Tensor scores) =>
        zeros_like(scores).scatter_(-1, scores.argmax(-1, keepdim: true), ones_like(scores));
}
