using TorchSharp;
using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>The attentions that follow the pipeline of <see cref="Attention"/> to the letter: a score, a normalizer, dropout.</summary>
public abstract class ScoredAttention : Attention
{
    private readonly Score score;
    private readonly Normalizer normalizer;
    private readonly double dropout;

    private protected ScoredAttention(string name, Score score, Normalizer normalizer, double dropout = 0, long? valueDim = null)
        : base(name, Guard.NotNull(score, nameof(score)).QueryDim, score.KeyDim, valueDim)
    {
        this.score = score;
        this.normalizer = normalizer;
        this.dropout = Guard.Probability(dropout, nameof(dropout));
    }

    private protected sealed override Tensor PrepareKey(Tensor key) => score.Prepare(key);

    private protected override AttentionOutput Compute(AttentionCall call)
    {
        var weights = Weights(Scores(call), call.Allowed);
        return new AttentionOutput(Mean(weights, call.Value), weights);
    }

    /// <summary>Score and bias: (…, l, s).</summary>
    private protected Tensor Scores(AttentionCall call)
    {
        var scores = score.Compare(call.Query, call.Key);
        return call.Bias is null ? scores : Numbers.Sum(scores, call.Bias);
    }

    private protected Tensor Weights(Tensor scores, Tensor? allowed) => normalizer.call(scores, allowed);

    /// <summary>The values under the weights, after dropout: (…, l, e).</summary>
    private protected Tensor Mean(Tensor weights, Tensor value) =>
        (dropout > 0 ? nn.functional.dropout(weights, dropout, training) : weights).matmul(value);
}
