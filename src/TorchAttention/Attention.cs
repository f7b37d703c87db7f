using TorchSharp;
using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>
/// The base of every attention mechanism: for each query, a distribution over the keys and the mean of the values under it.
/// </summary>
/// <remarks>
/// <para>The pipeline, one part per axis:</para>
/// <code>
/// scores  = Score(query, key) + Bias
/// weights = Normalizer(scores | Mask)
/// context = Dropout(weights) · value
/// </code>
/// <para>
/// Legend for shapes, here and everywhere: b batch, h heads, l query length, s key length, d key size, e value size.
/// query (…, l, d), key (…, s, d), value (…, s, e) give context (…, l, e) and weights (…, l, s), where … is nothing, (b)
/// or (b, h); sizes of … broadcast. The arguments share one rank, one dtype and one device.
/// </para>
/// <para>
/// A query that may attend to no key gets zero weights and a zero context, with zero gradients. A key or value that no
/// query may attend to never reaches an output or a gradient, even if it holds NaN or infinity.
/// </para>
/// <para>
/// Softmax over a product of query and key runs on fused kernels, which have no second derivative and say so when one is asked for;
/// in float64, <c>Attend</c> has derivatives of any order.
/// </para>
/// <para>
/// <c>call</c> runs the hooks registered on the module, <c>forward</c> and <c>Attend</c> do not. Nothing is stored on the
/// module between calls.
/// </para>
/// </remarks>
public abstract class Attention : nn.Module<Tensor, Tensor, Tensor, Tensor>
{
    private protected Attention(string name, long? queryDim, long? keyDim, long? valueDim)
        : base(name)
    {
        QueryDim = Guard.Size(queryDim, nameof(queryDim));
        KeyDim = Guard.Size(keyDim, nameof(keyDim));
        ValueDim = Guard.Size(valueDim, nameof(valueDim));
    }

    /// <summary>The size of a query, or null where any size goes.</summary>
    public long? QueryDim { get; }

    /// <summary>The size of a key, or null where any size goes that the query's fits.</summary>
    public long? KeyDim { get; }

    /// <summary>The size of a value, or null where any size goes.</summary>
    public long? ValueDim { get; }

    /// <summary>Attends without a mask and without a bias.</summary>
    /// <param name="query">(…, l, d).</param>
    /// <param name="key">(…, s, d).</param>
    /// <param name="value">(…, s, e).</param>
    /// <returns>The context (…, l, e).</returns>
    /// <exception cref="ArgumentException">A shape, dtype or device does not fit; the message names both sides.</exception>
    public sealed override Tensor forward(Tensor query, Tensor key, Tensor value) => Context(query, key, value, null, null);

    /// <summary>Attends to the keys that <paramref name="mask"/> allows.</summary>
    /// <param name="query">(…, l, d).</param>
    /// <param name="key">(…, s, d).</param>
    /// <param name="value">(…, s, e).</param>
    /// <param name="mask">Which pairs may meet; null for all.</param>
    /// <param name="bias">What is added to the scores; null for nothing.</param>
    /// <returns>The context (…, l, e).</returns>
    /// <exception cref="ArgumentException">A shape, dtype or device does not fit; the message names both sides.</exception>
    public Tensor call(Tensor query, Tensor key, Tensor value, AttentionMask? mask, AttentionBias? bias = null) =>
        Hooked(query, key, value, (query, key, value) => Context(query, key, value, mask, bias));

    /// <summary>Attends and also returns the weights, per head and before dropout.</summary>
    /// <param name="query">(…, l, d).</param>
    /// <param name="key">(…, s, d).</param>
    /// <param name="value">(…, s, e).</param>
    /// <param name="mask">Which pairs may meet; null for all.</param>
    /// <param name="bias">What is added to the scores; null for nothing.</param>
    /// <returns>The context (…, l, e) and the weights (…, l, s).</returns>
    /// <exception cref="ArgumentException">A shape, dtype or device does not fit; the message names both sides.</exception>
    public AttentionOutput Attend(
        Tensor query, Tensor key, Tensor value, AttentionMask? mask = null, AttentionBias? bias = null)
    {
        Guard.Inputs(this, query, key, value);
        using var scope = NewDisposeScope();
        return Run(query, key, value, mask, bias, needWeights: true).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Projects the keys once, for many calls of <see cref="Attend(Tensor, AttentionMemory, AttentionMask, AttentionBias)"/>:
    /// a decoder does this once per source sentence.
    /// </summary>
    /// <param name="key">(…, s, d).</param>
    /// <param name="value">(…, s, e).</param>
    /// <param name="mask">
    /// Which keys exist, the same for every query, as <see cref="AttentionMask.Padding(long[])"/> says; null for all. A key that
    /// may hold NaN must be masked here: masked at <c>Attend</c> alone, it stays out of every output, but reaches the gradients of
    /// the score's parameters, since it has been projected.
    /// </param>
    /// <returns>The prepared keys and values, to be disposed by the caller. Gradients flow through them.</returns>
    /// <exception cref="ArgumentException">A shape, dtype or device does not fit, or the mask depends on the query.</exception>
    public AttentionMemory Prepare(Tensor key, Tensor value, AttentionMask? mask = null)
    {
        Guard.Memory(this, key, value);
        using var scope = NewDisposeScope();
        // Two queries stand for any number: a mask that tells them apart depends on the query.
        var pairs = Meeting(mask, AttentionShape.Of(queryLength: 2, key, value));
        if (pairs is { DependOnQuery: true })
            throw new ArgumentException(
                "The mask of prepared keys must be the same for every query, as Padding is; pass any other to Attend.", nameof(mask));

        (key, value) = Reachable.Keep(key, value, ForAnyHead(pairs)?.Reachable);
        return new AttentionMemory(this, PrepareKey(key), PrepareValue(value), pairs?.Keys, key.size(-1)).MoveToOuterDisposeScope();
    }

    /// <summary>Attends to keys and values that <see cref="Prepare"/> made.</summary>
    /// <param name="query">(…, l, d).</param>
    /// <param name="memory">What this module's <see cref="Prepare"/> returned.</param>
    /// <param name="mask">What else restricts the pairs, beside the mask given to <see cref="Prepare"/>; null for nothing.</param>
    /// <param name="bias">What is added to the scores; null for nothing.</param>
    /// <returns>The context (…, l, e) and the weights (…, l, s).</returns>
    /// <exception cref="ArgumentException">
    /// A shape, dtype or device does not fit, or <paramref name="memory"/> is another module's.
    /// </exception>
    public AttentionOutput Attend(Tensor query, AttentionMemory memory, AttentionMask? mask = null, AttentionBias? bias = null)
    {
        Guard.Recalled(this, query, memory);

        using var scope = NewDisposeScope();
        return Compute(Recall(query, memory, mask, bias)).MoveToOuterDisposeScope();
    }

    /// <summary>The context alone of keys and values that <see cref="Prepare"/> made: kernels are faster where they keep no weights.</summary>
    internal Tensor Context(Tensor query, AttentionMemory memory)
    {
        Guard.Recalled(this, query, memory);

        using var scope = NewDisposeScope();
        return Compute(Recall(query, memory, null, null) with { NeedWeights = false }).Context.MoveToOuterDisposeScope();
    }

    /// <summary>What the mechanism itself forbids, joined with the caller's mask.</summary>
    private protected virtual AttentionMask? Restrict(AttentionMask? mask) => mask;

    /// <summary>What the mask comes to for inputs whose scores, but for heads, have the given shape.</summary>
    private protected virtual Pairs? Meeting(AttentionMask? mask, AttentionShape shape) => mask?.Meeting(shape);

    /// <summary>The same for the bias.</summary>
    private protected virtual Addends? Added(AttentionBias? bias, AttentionShape shape) => bias?.AddedTo(shape);

    /// <summary>Which pairs of the inputs may meet in some head, (…, l, s).</summary>
    private protected virtual Pairs? ForAnyHead(Pairs? pairs) => pairs;

    /// <summary>The part of the work that depends on each key alone: (…, s, ·).</summary>
    private protected virtual Tensor PrepareKey(Tensor key) => key;

    /// <summary>The same for the values: (…, s, ·).</summary>
    private protected virtual Tensor PrepareValue(Tensor value) => value;

    /// <summary>The mechanism: checked inputs in, context and (if needed) weights out.</summary>
    private protected abstract AttentionOutput Compute(AttentionCall call);

    // What an attention around another one calls: C# keeps it from the other's protected members.
    private protected static AttentionMask? Restrict(Attention inner, AttentionMask? mask) => inner.Restrict(mask);

    private protected static Tensor PrepareKey(Attention inner, Tensor key) => inner.PrepareKey(key);

    private protected static Tensor PrepareValue(Attention inner, Tensor value) => inner.PrepareValue(value);

    private protected static AttentionOutput Compute(Attention inner, AttentionCall call) => inner.Compute(call);

    /// <summary>The call that <see cref="Attend(Tensor, AttentionMemory, AttentionMask, AttentionBias)"/> makes, its arguments checked.</summary>
    private protected AttentionCall Recall(Tensor query, AttentionMemory memory, AttentionMask? mask, AttentionBias? bias)
    {
        var shape = AttentionShape.Of(query, memory.Key, memory.Value);
        var prepared = memory.Allowed is null ? null : Pairs.Of(shape, memory.Allowed);
        var others = Meeting(Restrict(mask), shape);
        var pairs = Pairs.Both(prepared, others);
        // What the mask of the memory leaves out was cleared when it was prepared.
        var (key, value) = Reachable.Keep(memory.Key, memory.Value, others is null ? null : ForAnyHead(pairs)?.Reachable);
        return new AttentionCall(query, key, value, pairs, Added(bias, shape), NeedWeights: true);
    }

    private Tensor Context(Tensor query, Tensor key, Tensor value, AttentionMask? mask, AttentionBias? bias)
    {
        Guard.Inputs(this, query, key, value);
        using var scope = NewDisposeScope();
        return Run(query, key, value, mask, bias, needWeights: false).Context.MoveToOuterDisposeScope();
    }

    private AttentionOutput Run(
        Tensor query, Tensor key, Tensor value, AttentionMask? mask, AttentionBias? bias, bool needWeights)
    {
        var shape = AttentionShape.Of(query, key, value);
        var pairs = Meeting(Restrict(mask), shape);
        (key, value) = Reachable.Keep(key, value, ForAnyHead(pairs)?.Reachable);
        return Compute(new AttentionCall(
            query, PrepareKey(key), PrepareValue(value), pairs, Added(bias, shape), needWeights));
    }

    /// <summary>Runs the hooks around a computation that the inherited call, which takes no mask, could not carry.</summary>
    private protected Tensor Hooked(Tensor query, Tensor key, Tensor value, Func<Tensor, Tensor, Tensor, Tensor> compute)
    {
        foreach (var hook in module_pre_hooks.Values) hook(this);
        foreach (var hook in pre_hooks.Values)
            (query, key, value) = hook(this, query, key, value) ?? (query, key, value);

        var context = compute(query, key, value);

        foreach (var hook in post_hooks.Values)
            context = hook(this, query, key, value, context) ?? context;
        foreach (var hook in module_post_hooks.Values) hook(this);
        return context;
    }
}
