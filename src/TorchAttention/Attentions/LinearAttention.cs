using TorchSharp;
using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>Linear attention: a kernel of features in place of the exponential, so that the keys are summed up once for all queries.</summary>
/// <remarks>
/// <code>
/// context = φ(q) (Σ φ(k) vᵀ) / (φ(q) · Σ φ(k)),   φ(x) = elu(x) + 1
/// </code>
/// <para>
/// Time O((l + s) d e) and memory linear in l + s, causal or not, forward and backward, where weights are not asked for, no bias
/// is given, and the mask, if any, is the same for every query, as <see cref="AttentionMask.Padding(long[])"/> is, or
/// <see cref="AttentionMask.Causal"/>, or both. Everything else has the same results from all pairs, in time and memory O(l s):
/// other masks, biases, and <c>Attend</c>, whose weights alone are (…, l, s).
/// </para>
/// <para>
/// It is the softmax of the scores log(φ(q) · φ(k)); to these a bias is added. Half types are summed in float32. The attention
/// has no parameters. query (…, l, d), key (…, s, d), value (…, s, e) → context (…, l, e).
/// Source: Katharopoulos et al. (2020).
/// </para>
/// </remarks>
public sealed class LinearAttention : ScoredAttention
{
    private readonly bool causal;

    /// <summary>Creates the attention.</summary>
    /// <param name="queryDim">d, the size of a query.</param>
    /// <param name="keyDim">The size of a key, which must be d as well.</param>
    /// <param name="valueDim">e, the size of a value.</param>
    /// <param name="causal">
    /// Whether every call is under <see cref="AttentionMask.Causal"/>, which <see cref="Continue"/> needs.
    /// </param>
    /// <exception cref="ArgumentException">The sizes differ or are not positive.</exception>
    public LinearAttention(long queryDim, long keyDim, long valueDim, bool causal = false)
        : base(nameof(LinearAttention), new FeatureScore(Guard.SameSize(queryDim, keyDim)), new Softmax(), valueDim: valueDim)
    {
        this.causal = causal;
        RegisterComponents();
    }

    /// <summary>
    /// Attends to all that came before, which a state of fixed size sums up, and to the new keys up to each query's own: decoding
    /// step by step, or training on a long text in parts.
    /// </summary>
    /// <param name="query">(…, l, d).</param>
    /// <param name="key">(…, l, d), one per query.</param>
    /// <param name="value">(…, l, e).</param>
    /// <param name="state">What the call before returned; null at the beginning.</param>
    /// <returns>
    /// The context (…, l, e), and the state (…, d, e + 1): Σ φ(k) [v 1]ᵀ of all keys so far, in float32 for half types. Gradients
    /// flow through it.
    /// </returns>
    /// <exception cref="ArgumentException">A shape, dtype or device does not fit; the message names both sides.</exception>
    /// <exception cref="InvalidOperationException">The attention is not causal.</exception>
    public (Tensor Context, Tensor State) Continue(Tensor query, Tensor key, Tensor value, Tensor? state = null)
    {
        if (!causal) throw new InvalidOperationException("Only a causal attention can continue: its queries see no key of a later call.");
        Guard.Inputs(this, query, key, value);
        Guard.State(query, key, value, state);
        using var scope = NewDisposeScope();
        var (queries, keys, values) = Parts(query, PrepareKey(key), value, null);
        var (sums, next) = CausalSums.Of(queries, keys, values, state ?? Total(keys, values, 0));
        return (Mean(sums, query.dtype).MoveToOuterDisposeScope(), next.MoveToOuterDisposeScope());
    }

    private protected override AttentionMask? Restrict(AttentionMask? mask) =>
        causal ? AttentionMask.Both(mask, AttentionMask.Causal) : mask;

    private protected override AttentionOutput Compute(AttentionCall call)
    {
        var pairs = call.Pairs;
        if (call.NeedWeights || call.Added is not null || pairs is { Rest: not null } or { IsBand: true, IsTriangle: false })
            return base.Compute(call);
        var (query, key, value) = Parts(call.Query, call.Key, call.Value, pairs?.Keys);
        var sums = pairs is { IsBand: true } ? Causal(query, key, value) : query.matmul(Total(key, value, key.size(-2)));
        return new AttentionOutput(Mean(sums, call.Query.dtype), null);
    }

    /// <summary>φ(q) (…, l, d), φ(k) (…, s, d), zero where a key is masked, and [v 1] (…, s, e + 1), at least in float32.</summary>
    private static (Tensor Query, Tensor Key, Tensor Value) Parts(Tensor query, Tensor features, Tensor value, Tensor? allowed)
    {
        if (query.dtype is ScalarType.BFloat16 or ScalarType.Float16)
            (query, features, value) = (query.to(ScalarType.Float32), features.to(ScalarType.Float32), value.to(ScalarType.Float32));
        if (allowed is not null) features = features.Fill(allowed.transpose(-2, -1).logical_not(), 0);
        var one = ones([.. value.shape[..^1], 1], dtype: value.dtype, device: value.device);
        return (FeatureScore.Features(query), features, cat([value, one], -1));
    }

    /// <summary>The last query sees every key: keys before the first query's position are one sum, queries before the first key see none.</summary>
    private static Tensor Causal(Tensor query, Tensor key, Tensor value)
    {
        var (l, s) = (query.size(-2), key.size(-2));
        var n = Math.Min(l, s);
        var (sums, _) = CausalSums.Of(
            query.narrow(-2, l - n, n), key.narrow(-2, s - n, n), value.narrow(-2, s - n, n), Total(key, value, s - n));
        return l == n ? sums : nn.functional.pad(sums, [0, 0, l - n, 0]);
    }

    /// <summary>Σ φ(k) [v 1]ᵀ over the first keys: (…, d, e + 1).</summary>
    private static Tensor Total(Tensor key, Tensor value, long count) =>
        key.narrow(-2, 0, count).transpose(-2, -1).matmul(value.narrow(-2, 0, count));

    /// <summary>The weighted sums over the sum of the weights, zero where that is zero: (…, l, e).</summary>
    private static Tensor Mean(Tensor sums, ScalarType dtype)
    {
        var e = sums.size(-1) - 1;
        var total = sums.narrow(-1, e, 1);
        return (sums.narrow(-1, 0, e) / total.Fill(total.Is(0), 1)).to(dtype);
    }
}
