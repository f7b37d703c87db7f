using TorchSharp;
using static TorchSharp.torch;

namespace TorchAttention;

// Step by step: what was projected before comes from a cache.
public sealed partial class MultiHeadAttention
{
    /// <summary>Appends the keys and values to a cache and attends to all in it.</summary>
    /// <param name="query">(…, l, embedDim): the last tokens, and so the last positions.</param>
    /// <param name="key">(…, s, keyDim): the keys that are new.</param>
    /// <param name="value">(…, s, valueDim): the values that are new.</param>
    /// <param name="cache">What was appended before, with S slots.</param>
    /// <param name="mask">
    /// Which of the pairs (…, h, l, S + s) may meet, beside the padding of the cache; null for
    /// <see cref="AttentionMask.Causal"/>, which a mask given here replaces: join it with <c>&amp;</c>.
    /// </param>
    /// <param name="bias">What is added to the scores (…, h, l, S + s); null for nothing.</param>
    /// <returns>The context (…, l, embedDim).</returns>
    /// <exception cref="ArgumentException">
    /// A shape, dtype or device does not fit, the cache is another module's or disposed, or gradients are recorded.
    /// </exception>
    public Tensor call(
        Tensor query, Tensor key, Tensor value, KeyValueCache cache, AttentionMask? mask = null, AttentionBias? bias = null) =>
        Hooked(query, key, value, (query, key, value) =>
        {
            Guard.Inputs(this, query, key, value);
            using var scope = NewDisposeScope();
            return Run(query, key, value, cache, mask, bias, needWeights: false).Context.MoveToOuterDisposeScope();
        });

    /// <summary>Appends the keys and values to a cache, attends to all in it, and also returns the weights.</summary>
    /// <param name="query">(…, l, embedDim): the last tokens, and so the last positions.</param>
    /// <param name="key">(…, s, keyDim): the keys that are new.</param>
    /// <param name="value">(…, s, valueDim): the values that are new.</param>
    /// <param name="cache">What was appended before, with S slots.</param>
    /// <param name="mask">
    /// Which of the pairs (…, h, l, S + s) may meet, beside the padding of the cache; null for
    /// <see cref="AttentionMask.Causal"/>, which a mask given here replaces: join it with <c>&amp;</c>.
    /// </param>
    /// <param name="bias">What is added to the scores (…, h, l, S + s); null for nothing.</param>
    /// <returns>The context (…, l, embedDim) and the weights (…, h, l, S + s).</returns>
    /// <exception cref="ArgumentException">
    /// A shape, dtype or device does not fit, the cache is another module's or disposed, or gradients are recorded.
    /// </exception>
    public AttentionOutput Attend(
        Tensor query, Tensor key, Tensor value, KeyValueCache cache, AttentionMask? mask = null, AttentionBias? bias = null)
    {
        Guard.Inputs(this, query, key, value);
        using var scope = NewDisposeScope();
        return Run(query, key, value, cache, mask, bias, needWeights: true).MoveToOuterDisposeScope();
    }

    private AttentionOutput Run(
        Tensor query, Tensor key, Tensor value, KeyValueCache cache, AttentionMask? mask, AttentionBias? bias, bool needWeights)
    {
        ArgumentNullException.ThrowIfNull(cache);
        var prompts = cache.Accept(this, key, value);
        var (first, total) = (cache.Length, cache.Length + key.size(-2));

        // All that can fail comes before the cache changes.
        var shape = AttentionShape.Of(query, key, value).WithKeys(total);
        // The last query alone sees all keys: no mask has to say so.
        var order = mask ?? (shape.QueryLength > 1 ? AttentionMask.Causal : null);
        var pairs = Meeting(Restrict(AttentionMask.Both(prompts, order)), shape);
        var added = Added(bias, shape);

        if (first < prompts?.Width) (key, value) = Reachable.Keep(key, value, ForAnyHead(Meeting(prompts, shape))?.Reachable);
        var (keys, values) = cache.Append(this, KeyHeads(key, Slots(first, total)), ValueHeads(value), prompts);
        if (mask is not null && pairs?.Reachable is { } reachable)
            (keys, values) = Reachable.Keep(keys, values, reachable.dim() < 2 ? reachable : reachable.any(-2, keepdim: true));
        var queries = QueryHeads(query, Slots(total - shape.QueryLength, total));
        return OfHeads(new AttentionCall(queries, keys, values, pairs, added, needWeights));

        Tensor? Slots(long start, long end) => rotary is null || prompts is null
            ? Positions(start, end, query)
            : prompts.Positions(start, end, (int)query.dim(), query.device).unsqueeze(-1);
    }
}
