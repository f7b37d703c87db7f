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
        var asked = Ask(call);
        return Kernel.Select(asked).Attend(asked);
    }

    /// <summary>Score and bias: (…, l, s).</summary>
    private protected Tensor Scores(AttentionCall call) => DenseKernel.Scores(Ask(call));

    private protected Tensor Weights(Tensor scores, Tensor? allowed) => normalizer.call(scores, allowed);

    /// <summary>The values under the weights, after dropout: (…, l, e).</summary>
    private protected Tensor Mean(Tensor weights, Tensor value) => DenseKernel.Mean(weights, value, training ? dropout : 0);

    private KernelCall Ask(AttentionCall call) => new(score, normalizer, call, training ? dropout : 0);
}
