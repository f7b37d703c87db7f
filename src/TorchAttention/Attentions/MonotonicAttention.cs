using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>
/// Monotonic attention: a head moves over the keys from left to right and never back; each query lets it go on from where the
/// last one stopped it.
/// </summary>
/// <remarks>
/// <code>
/// energy = score(q, k) + bias + r                      p = sigmoid(energy)
/// eval:      a query takes the first key at or after the head with p ≥ ½; where there is none, the head has passed the end,
///            and this query and all after it have a row of zeros
/// training:  alignment_ij = p_ij · arrival_ij,         arrival_ij = (1 - p_i,j-1) · arrival_i,j-1 + alignment_i-1,j
/// </code>
/// <para>
/// The head starts at the first key. In training p gets normal noise before the sigmoid, which teaches the score to be sure, and
/// the alignments are the expectation over all ways the head may take. They sum to at most one: the rest has passed the end.
/// With a chunk of w keys (MoChA), where the head stops a softmax over a second score shares the weight among the w keys that
/// end there; a bias is added to both scores.
/// </para>
/// <para>
/// r, the parameter <c>offset</c>, sets the pace: where all scores are zero, the head passes e⁻ʳ keys per query. The default 0
/// means one, as when copying; start with about minus the logarithm of s / l, in the paper -1 to -4.
/// </para>
/// <para>
/// A masked key is passed over; so a query that may attend to no key sends the head past the end. <c>Attend</c> also returns the
/// alignments, from which <see cref="Attend(Tensor, AttentionMemory, Tensor, AttentionMask, AttentionBias)"/> continues.
/// In eval mode no gradient reaches the first score and r. query (…, l, d), key (…, s, d), value (…, s, e) → context (…, l, e).
/// Sources: Raffel et al. (2017), equations 8 and 9, computed without their division by a product that underflows; Chiu and
/// Raffel (2018) for the chunks.
/// </para>
/// </remarks>
public sealed class MonotonicAttention : Attention
{
    private readonly Score score;

    [ComponentName(Name = "chunk_score")]
    private readonly Score? chunkScore;

    private readonly Parameter offset;
    private readonly long chunk;
    private readonly double noise;

    /// <summary>Creates the attention with the scaled dot product, for the head and within a chunk.</summary>
    /// <param name="queryDim">d, the size of a query.</param>
    /// <param name="keyDim">The size of a key, which must be d as well.</param>
    /// <param name="valueDim">e, the size of a value.</param>
    /// <param name="chunk">w, how many keys, the one where the head stops included, share the weight.</param>
    /// <param name="offset">What r starts with.</param>
    /// <param name="noise">The standard deviation of the noise in training; 0 for none.</param>
    /// <exception cref="ArgumentException">The sizes differ or are not positive, or another argument is out of range.</exception>
    public MonotonicAttention(long queryDim, long keyDim, long valueDim, long chunk = 1, double offset = 0, double noise = 1)
        : this(
            new ScaledDotScore(Guard.SameSize(queryDim, keyDim)),
            Guard.Size(chunk, nameof(chunk)) > 1 ? new ScaledDotScore(queryDim) : null, chunk, offset, noise, valueDim)
    {
    }

    /// <summary>Creates the attention with any score, without chunks.</summary>
    /// <param name="score">What moves the head; becomes a submodule.</param>
    /// <param name="offset">What r starts with.</param>
    /// <param name="noise">The standard deviation of the noise in training; 0 for none.</param>
    /// <exception cref="ArgumentException">The score is null, or another argument is out of range.</exception>
    public MonotonicAttention(Score score, double offset = 0, double noise = 1)
        : this(score, null, 1, offset, noise, valueDim: null)
    {
    }

    /// <summary>Creates the attention with any two scores and chunks.</summary>
    /// <param name="score">What moves the head; becomes a submodule.</param>
    /// <param name="chunkScore">What shares the weight within a chunk; becomes a submodule.</param>
    /// <param name="chunk">w, how many keys, the one where the head stops included, share the weight; at least 2.</param>
    /// <param name="offset">What r starts with.</param>
    /// <param name="noise">The standard deviation of the noise in training; 0 for none.</param>
    /// <exception cref="ArgumentException">
    /// A score is null, both are one module or take other sizes, or another argument is out of range.
    /// </exception>
    public MonotonicAttention(Score score, Score chunkScore, long chunk, double offset = 0, double noise = 1)
        : this(score, Guard.NotNull(chunkScore, nameof(chunkScore)), Guard.AtLeast(2, chunk, nameof(chunk)), offset, noise, valueDim: null)
    {
    }

    private MonotonicAttention(Score score, Score? chunkScore, long chunk, double offset, double noise, long? valueDim)
        : base(
            nameof(MonotonicAttention), Guard.NotNull(score, nameof(score)).QueryDim ?? chunkScore?.QueryDim,
            score.KeyDim ?? chunkScore?.KeyDim, valueDim)
    {
        if (chunkScore is not null) Guard.Together(score, chunkScore);
        this.score = score;
        this.chunkScore = chunkScore;
        this.chunk = chunk;
        this.noise = Guard.NotNegative(noise, nameof(noise));
        this.offset = new Parameter(tensor([Guard.Finite(offset, nameof(offset))], dtype: get_default_dtype(), device: CPU));
        this.offset.DetachFromDisposeScope(); // it must outlive a dispose scope that the module is made in
        RegisterComponents();
    }

    /// <summary>
    /// Continues where an earlier call stopped: a decoder passes on the alignment of each step. Steps of one query each give what
    /// one call with all of them gives.
    /// </summary>
    /// <param name="query">(…, l, d).</param>
    /// <param name="memory">What this module's <see cref="Attention.Prepare"/> returned.</param>
    /// <param name="previous">
    /// <see cref="AttentionOutput.Alignment"/> of the call before, (…, ·, s), whose last row is where the head stands; null before
    /// the first query. Gradients flow back through it in training.
    /// </param>
    /// <param name="mask">What else restricts the pairs, beside the mask given to <see cref="Attention.Prepare"/>; null for nothing.</param>
    /// <param name="bias">What is added to the scores; null for nothing.</param>
    /// <returns>The context (…, l, e), the weights and the alignment (…, l, s).</returns>
    /// <exception cref="ArgumentException">
    /// A shape, dtype or device does not fit, or <paramref name="memory"/> is another module's.
    /// </exception>
    public AttentionOutput Attend(
        Tensor query, AttentionMemory memory, Tensor? previous, AttentionMask? mask = null, AttentionBias? bias = null)
    {
        Guard.Recalled(this, query, memory);

        using var scope = NewDisposeScope();
        if (previous is not null) Guard.Previous(previous, AttentionShape.Of(query, memory.Key, memory.Value));
        return Compute(Recall(query, memory, mask, bias), previous).MoveToOuterDisposeScope();
    }

    /// <summary>Both scores' keys side by side.</summary>
    private protected override Tensor PrepareKey(Tensor key) =>
        chunkScore is null ? score.Prepare(key) : cat([score.Prepare(key), chunkScore.Prepare(key)], -1);

    private protected override AttentionOutput Compute(AttentionCall call) => Compute(call, previous: null);

    private AttentionOutput Compute(AttentionCall call, Tensor? previous)
    {
        var width = chunkScore is null ? call.Key.size(-1) : PreparedSize(call.Query);
        var energies = Numbers.Sum(Scores(score, call with { Key = call.Key.narrow(-1, 0, width) }), offset);
        if (training && noise > 0) energies = Numbers.Sum(energies, randn_like(energies).Times(noise));

        var start = previous is null ? Beginning(energies) : previous.narrow(-2, previous.size(-2) - 1, 1).to(energies.dtype);
        var alignment = training ? ExpectedAlignment.Of(energies, start) : GreedyAlignment.Of(energies, start);
        var weights = alignment;
        if (chunkScore is not null)
            weights = Chunks.Spread(
                alignment, Scores(chunkScore, call with { Key = call.Key.narrow(-1, width, call.Key.size(-1) - width) }), chunk);

        weights = weights.to(call.Query.dtype);
        var context = weights.matmul(call.Value);
        return call.NeedWeights
            ? new AttentionOutput(context, weights, alignment: alignment.to(call.Query.dtype).alias())
            : new AttentionOutput(context, weights);
    }

    /// <summary>Score and bias, minus infinity where a pair may not meet, at least in float32: (…, l, s).</summary>
    private static Tensor Scores(Score score, AttentionCall call)
    {
        var scores = score.Compare(call.Query, call.Key);
        if (scores.dtype is ScalarType.BFloat16 or ScalarType.Float16) scores = scores.to(ScalarType.Float32);
        if (call.Bias is not null) scores = Numbers.Sum(scores, call.Bias);
        return call.Allowed is null ? scores : scores.Fill(call.Allowed.logical_not(), double.NegativeInfinity);
    }

    /// <summary>The head stands at the first key: (1, s).</summary>
    private static Tensor Beginning(Tensor energies) =>
        Numbers.Range(0, energies.size(-1), ScalarType.Int64, energies.device).Is(0).to(energies.dtype).unsqueeze(0);

    /// <summary>How many columns of the prepared keys are the first score's; what a key without rows comes to shows it.</summary>
    private long PreparedSize(Tensor query) =>
        score.Prepare(zeros(0, KeyDim ?? query.size(-1), dtype: query.dtype, device: query.device)).size(-1);
}
