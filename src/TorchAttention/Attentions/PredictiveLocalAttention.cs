using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>Luong's local-p: the query predicts where to look, and attends to a window around that place.</summary>
/// <remarks>
/// <code>
/// p      = S · sigmoid(vᵀ tanh(W q))
/// weight = softmax over the keys with |j - p| ≤ D, times exp(-(j - p)² / (2σ²)), σ = D/2
/// </code>
/// <para>
/// S is the length of the query's own sentence: one past the last key that the mask allows any query. The centre p stays
/// real-valued, so gradients reach W and v through the Gaussian; the weights are not renormalised, as in the paper, and sum
/// to at most one. A window clears no key that holds NaN from the gradients of the score's parameters; a mask does.
/// query (…, l, d), key (…, s, d), value (…, s, e) → context (…, l, e).
/// Source: Luong, Pham and Manning (2015), equations 9 and 10.
/// </para>
/// </remarks>
public sealed class PredictiveLocalAttention : ScoredAttention
{
    private readonly long halfWidth;

    [ComponentName(Name = "position_hidden")]
    private readonly Linear positionHidden;

    [ComponentName(Name = "position_output")]
    private readonly Linear positionOutput;

    /// <summary>Creates the attention with the scaled dot product.</summary>
    /// <param name="queryDim">d, the size of a query.</param>
    /// <param name="keyDim">The size of a key, which must be d as well.</param>
    /// <param name="valueDim">e, the size of a value.</param>
    /// <param name="halfWidth">D, how far the window reaches to either side of its centre, at least 1.</param>
    /// <param name="hiddenDim">The size of the hidden layer that predicts the centre.</param>
    /// <exception cref="ArgumentException">The sizes differ or are not positive.</exception>
    public PredictiveLocalAttention(long queryDim, long keyDim, long valueDim, long halfWidth, long hiddenDim)
        : this(new ScaledDotScore(Guard.SameSize(queryDim, keyDim)), queryDim, halfWidth, hiddenDim, valueDim)
    {
    }

    /// <summary>Creates the attention with any score.</summary>
    /// <param name="score">How alike a query and a key are; becomes a submodule.</param>
    /// <param name="queryDim">The size of a query.</param>
    /// <param name="halfWidth">D, how far the window reaches to either side of its centre, at least 1.</param>
    /// <param name="hiddenDim">The size of the hidden layer that predicts the centre.</param>
    /// <exception cref="ArgumentException">The score is null or takes queries of another size, or a size is not positive.</exception>
    public PredictiveLocalAttention(Score score, long queryDim, long halfWidth, long hiddenDim)
        : this(score, queryDim, halfWidth, hiddenDim, valueDim: null)
    {
    }

    private PredictiveLocalAttention(Score score, long queryDim, long halfWidth, long hiddenDim, long? valueDim)
        : base(nameof(PredictiveLocalAttention), score, new Softmax(), valueDim: valueDim)
    {
        if ((score.QueryDim ?? queryDim) != queryDim)
            throw new ArgumentException($"queryDim is {queryDim}, but the score takes queries of size {score.QueryDim}.", nameof(queryDim));
        this.halfWidth = Guard.Size(halfWidth, nameof(halfWidth));
        positionHidden = nn.Linear(Guard.Size(queryDim, nameof(queryDim)), Guard.Size(hiddenDim, nameof(hiddenDim)), hasBias: false, device: CPU);
        positionOutput = nn.Linear(hiddenDim, 1, hasBias: false, device: CPU);
        RegisterComponents();
    }

    private protected override AttentionOutput Compute(AttentionCall call)
    {
        var distance = Distance(call); // (…, l, s)
        var allowed = AttentionMask.Both(distance.abs().AtMost(halfWidth), call.Allowed)!;
        var (key, value) = Reachable.Keep(call.Key, call.Value, allowed.any(-2));

        var weights = Weights(Scores(call with { Key = key }), allowed);
        weights *= distance.Squared().Times(-2.0 / ((double)halfWidth * halfWidth)).exp().to(weights.dtype);
        return new AttentionOutput(Mean(weights, value), weights);
    }

    /// <summary>j - p for every query and key, (…, l, s), at least in float32: bfloat16 cannot count beyond 256.</summary>
    private Tensor Distance(AttentionCall call)
    {
        var fraction = positionOutput.call(positionHidden.call(call.Query).tanh()).sigmoid(); // (…, l, 1)
        if (fraction.dtype is ScalarType.BFloat16 or ScalarType.Float16) fraction = fraction.to(ScalarType.Float32);
        var positions = Numbers.Range(0, call.Key.size(-2), fraction.dtype, fraction.device); // (s)
        return positions - fraction * Length(call.Allowed, positions);
    }

    private static Tensor Length(Tensor? allowed, Tensor positions)
    {
        var keys = positions.size(0);
        if (allowed is null || keys == 0) return tensor((double)keys, dtype: positions.dtype, device: positions.device);
        var ends = allowed.any(-2, keepdim: true) * positions.Plus(1); // (…, 1, s): j + 1 where key j is reachable
        return ends.amax([-1], keepdim: true);                       // (…, 1, 1)
    }
}
