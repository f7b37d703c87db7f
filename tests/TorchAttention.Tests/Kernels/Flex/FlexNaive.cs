using TorchAttention.Tests.Support;
using TorchSharp;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Kernels.Flex;

/// <summary>
/// The same written out in torch with float32: what it loses sets the budget of the kernel. The modification itself is rounded once,
/// from float64.
/// </summary>
internal sealed class FlexNaive
{
    private readonly Tensor query;
    private readonly Tensor key;
    private readonly Tensor value;
    private readonly Tensor scores;
    private readonly Tensor factors;
    private readonly FlexSizes sizes;
    private readonly float scale;

    internal FlexNaive(
        FlexSizes sizes, Tensor query, Tensor key, Tensor value, PairModified modified, double scale, double[]? sink = null, PairFactor? factor = null)
    {
        (this.sizes, this.scale) = (sizes, (float)scale);
        (this.query, this.key, this.value) = (query, key.repeat_interleave(sizes.Shared, 1), value.repeat_interleave(sizes.Shared, 1));
        scores = this.query.Times(this.scale).matmul(this.key.transpose(-2, -1));
        factors = Each((_, b, h, i, j) => factor?.Invoke(b, h, i, j) ?? 1);
        var changed = Each(modified);
        var logits = sink is null ? changed : cat([changed, tensor(sink).to(ScalarType.Float32).reshape(1, -1, 1, 1).expand(sizes.Batch, sizes.Heads, sizes.Queries, 1)], -1);
        var empty = logits.Is(double.NegativeInfinity).all(-1, keepdim: true);
        Weights = logits.Fill(empty, 0).softmax(-1).Fill(empty, 0).narrow(-1, 0, sizes.Keys);
        Context = (Weights * factors).matmul(this.value);
    }

    internal Tensor Scores => scores;

    internal Tensor Weights { get; }

    internal Tensor Context { get; }

    internal (Tensor Query, Tensor Key, Tensor Value, Tensor Modified) Gradient(
        Tensor ofContext, Tensor ofWeights, Tensor ofLogSumExp, PairModified modified)
    {
        var ofWeight = Numbers.Sum(ofContext.matmul(value.transpose(-2, -1)) * factors, ofWeights);
        // As every fused kernel does it: where a row has one key, the sum over keys would cancel exactly, by luck.
        var mean = Numbers.Sum((ofContext * Context).sum(-1, keepdim: true), (ofWeights * Weights).sum(-1, keepdim: true));
        var centred = Numbers.Sum(ofWeight - mean, ofLogSumExp.unsqueeze(-1));
        var ofModified = Weights * centred;
        var slope = Each((score, b, h, i, j) =>
        {
            var slope = FlexOracle.Slope(x => modified(x, b, h, i, j), score);
            return double.IsFinite(slope) ? slope : 0;
        });
        var ofScores = ofModified * slope;
        return (
            ofScores.matmul(key).Times(scale), Gathered(ofScores.transpose(-2, -1).matmul(query).Times(scale)),
            Gathered((Weights * factors).transpose(-2, -1).matmul(ofContext)), ofModified);
    }

    private Tensor Gathered(Tensor gradient) => gradient.reshape(sizes.Batch, sizes.KeyHeads, sizes.Shared, gradient.size(-2), gradient.size(-1)).sum(2);

    private Tensor Each(PairModified function)
    {
        var grid = Grid.Of(scores);
        foreach (var at in Grid.Indices([sizes.Batch, sizes.Heads]))
            for (var i = 0L; i < sizes.Queries; i++)
            {
                var row = grid.Row(at, i);
                for (var j = 0; j < row.Length; j++) row[j] = function(row[j], at[0], at[1], i, j);
            }
        return grid.ToTensor(ScalarType.Float32);
    }
}
