using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>Hard attention: each query takes the value of one key alone, in eval mode the one with the highest score.</summary>
/// <remarks>
/// <para>
/// A choice has no gradient, so training needs an estimator: <see cref="StraightThrough"/> (the default) or
/// <see cref="Expectation"/>. In eval mode no gradient reaches query and key.
/// </para>
/// <para>
/// <c>Attend</c> also returns log p of the choice and the entropy of p = softmax(scores), each (…, l). Where the weights are
/// no choice (<see cref="Expectation"/> in training), the log-probability is that of the likeliest key.
/// </para>
/// <para>
/// query (…, l, d), key (…, s, d), value (…, s, e) → context (…, l, e). Source: Xu et al. (2015); the estimators name their own.
/// </para>
/// </remarks>
public sealed class HardAttention : ScoredAttention
{
    /// <summary>Creates hard attention with the scaled dot product.</summary>
    /// <param name="queryDim">d, the size of a query.</param>
    /// <param name="keyDim">The size of a key, which must be d as well.</param>
    /// <param name="valueDim">e, the size of a value.</param>
    /// <param name="estimator">How it is trained; null for <see cref="StraightThrough"/> with temperature 1.</param>
    /// <exception cref="ArgumentException">The sizes differ or are not positive.</exception>
    public HardAttention(long queryDim, long keyDim, long valueDim, HardEstimator? estimator = null)
        : base(
            nameof(HardAttention), new ScaledDotScore(Guard.SameSize(queryDim, keyDim)), estimator ?? new StraightThrough(),
            valueDim: valueDim) => RegisterComponents();

    /// <summary>Creates hard attention with any score.</summary>
    /// <param name="score">How alike a query and a key are; becomes a submodule.</param>
    /// <param name="estimator">How it is trained; null for <see cref="StraightThrough"/> with temperature 1.</param>
    /// <exception cref="ArgumentNullException">The score is null.</exception>
    public HardAttention(Score score, HardEstimator? estimator = null)
        : base(nameof(HardAttention), score, estimator ?? new StraightThrough()) => RegisterComponents();

    private protected override AttentionOutput Compute(AttentionCall call)
    {
        var scores = Scores(call);
        var weights = Weights(scores, call.Allowed);
        var context = Mean(weights, call.Value);
        if (!call.NeedWeights) return new AttentionOutput(context, weights);

        var present = Present.Of(scores, call.Allowed);
        var logProbabilities = present.Clear(present.Scores.log_softmax(-1)); // zero instead of minus infinity: 0 · log 0 = 0
        var probabilities = present.Clear(present.Scores.softmax(-1));
        var entropy = -(probabilities * logProbabilities).sum(-1);
        return new AttentionOutput(context, weights, Chosen(logProbabilities, weights).to(scores.dtype), entropy.to(scores.dtype));
    }

    private static Tensor Chosen(Tensor logProbabilities, Tensor weights) => weights.size(-1) == 0
        ? logProbabilities.sum(-1)
        : logProbabilities.gather(-1, weights.detach().argmax(-1, keepdim: true)).squeeze(-1);
}
