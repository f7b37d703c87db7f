using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>Hard attention: each query takes the value of one key alone, in eval mode the one with the highest score.</summary>
/// <remarks>
/// <para>
/// Every query is scored against every key, so the arithmetic grows with l · s, as that of soft attention does. And a choice has
/// no gradient: in eval mode none reaches query and key, and training needs an estimator of one.
/// </para>
/// <list type="table">
/// <listheader><term>estimator</term><description>weights in training; its gradient; what it needs</description></listheader>
/// <item>
/// <term><see cref="StraightThrough"/></term>
/// <description>the choice; biased, without variance; nothing else, and so the default</description>
/// </item>
/// <item>
/// <term><see cref="Gumbel"/></term>
/// <description>a sample; biased, some variance: both are traded by the temperature; a schedule for it</description>
/// </item>
/// <item>
/// <term><see cref="Reinforce"/></term>
/// <description>a sample; unbiased, high variance; a reward and a <see cref="ReinforceLoss"/>, so the rest of the model need not
/// be differentiable</description>
/// </item>
/// <item>
/// <term><see cref="TopKMarginal"/></term>
/// <description>a mixture of k values; exact for that mixture, which eval mode does not see; a k</description>
/// </item>
/// <item>
/// <term><see cref="Expectation"/></term>
/// <description>a mixture of all values; exact for that mixture, which eval mode does not see; nothing else</description>
/// </item>
/// </list>
/// <para>
/// <c>Attend</c> also returns the choice, its log-probability and the entropy of p = softmax(scores), each (…, l), computed in
/// float32 at least. A query whose weights are no choice (a mixture, in training) has sample -1 and log-probability 0, as one
/// without keys has.
/// </para>
/// <para>
/// In half precision, scores are rounded to the inputs' precision before they are compared, and the first of those that became
/// equal is chosen. <c>call</c> in eval mode on the CPU alone compares products of query and key in float32, and so may choose
/// another one of them than <c>Attend</c>.
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
        if (!call.NeedWeights) return base.Compute(call);

        var scores = Scores(call);
        var weights = Weights(scores, call.Allowed);
        var context = Mean(weights, call.Value);
        var present = Present.Of(scores, call.Allowed);
        var logProbabilities = present.Clear(present.Scores.log_softmax(-1)); // zero instead of minus infinity: 0 · log 0 = 0
        var entropy = -(present.Clear(present.Scores.softmax(-1)) * logProbabilities).sum(-1);
        var sample = Sample(weights.detach()); // (…, l)
        var logProbability = LogProbability(logProbabilities, sample);
        return new AttentionOutput(context, weights, logProbability.to(scores.dtype), entropy.to(scores.dtype), sample: sample);
    }

    /// <summary>The key that has all the weight, or -1 where none has.</summary>
    private static Tensor Sample(Tensor weights)
    {
        var none = weights.to(ScalarType.Bool).sum(-1).Is(1).logical_not(); // (…, l)
        return weights.size(-1) == 0 ? none.to(ScalarType.Int64).neg() : weights.argmax(-1).Fill(none, -1);
    }

    private static Tensor LogProbability(Tensor logProbabilities, Tensor sample) => logProbabilities.size(-1) == 0
        ? logProbabilities.sum(-1)
        : logProbabilities.gather(-1, sample.NotBelow(0).unsqueeze(-1)).squeeze(-1).Fill(sample.Is(-1), 0);
}
