using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>
/// The projected keys and values of what has been decoded so far, for one <see cref="MultiHeadAttention"/>: a step projects its
/// own tokens alone and attends to all.
/// </summary>
/// <remarks>
/// <para>
/// Each call appends its keys and values, one slot for each, to those of the calls before. Memory is taken when the first call
/// shows the shapes and doubles when it is used up; slots that are not used yet are never read. The cache belongs to the module
/// that first appends to it, and to no dispose scope: its owner disposes it.
/// </para>
/// <para>
/// A cache passes no gradients: calls with one run under <c>torch.no_grad()</c>. Steps give what one call under
/// <see cref="AttentionMask.Causal"/> gives for every attention inside the heads but three: what carries on from query to query, as
/// <see cref="MonotonicAttention"/> does, starts anew at each call, <see cref="PredictiveLocalAttention"/> predicts a place
/// among the keys that there are so far, and a <see cref="LocalAttention"/> under <see cref="AttentionMask.WindowTopLeft"/> puts the
/// first query of each call at the first key.
/// </para>
/// <para>
/// Prompts of different lengths are padded to one, w. With <see cref="PaddingSide.Left"/>, sentence b has its tokens in slots
/// w - lengths[b] … w - 1, right before those to come; with <see cref="PaddingSide.Right"/> in slots 0 … lengths[b] - 1, and
/// those to come follow at w. No query attends to the padding, which may hold NaN. Rotary positions skip it, so
/// every sentence is decoded as if alone. What counts slots does not: for windows, biases by distance and local attention
/// prompts must be padded on the left.
/// </para>
/// </remarks>
public sealed class KeyValueCache : IDisposable
{
    private readonly long capacity;
    private readonly long[]? lengths;
    private readonly PaddingSide side;
    private MultiHeadAttention? owner;
    private PromptPadding? padding;
    private GrowingTensor? keys;
    private GrowingTensor? values;
    private bool isDisposed;

    /// <summary>Creates an empty cache, for prompts of one length.</summary>
    /// <param name="capacity">For how many slots memory is taken at first, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The capacity is not positive.</exception>
    public KeyValueCache(long capacity = 64) => this.capacity = Guard.Size(capacity, nameof(capacity));

    /// <summary>Creates an empty cache, for prompts that are padded to one length.</summary>
    /// <param name="lengths">The length of each prompt: the first call appends the prompts.</param>
    /// <param name="side">Where the padding is.</param>
    /// <param name="capacity">For how many slots memory is taken at first, at least 1.</param>
    /// <exception cref="ArgumentException">A length is negative, the side is none, or the capacity is not positive.</exception>
    public KeyValueCache(long[] lengths, PaddingSide side, long capacity = 64)
        : this(capacity)
    {
        ArgumentNullException.ThrowIfNull(lengths);
        foreach (var length in lengths) Guard.NotNegative(length, nameof(lengths));
        this.lengths = [.. lengths];
        this.side = Guard.Defined(side, nameof(side));
    }

    /// <summary>How many slots are used, padding included.</summary>
    public long Length { get; private set; }

    /// <summary>For how many slots there is memory; 0 before the first call.</summary>
    public long Capacity => keys?.Capacity ?? 0;

    /// <summary>Takes sentences in another order, some of them several times or not at all, as beam search does.</summary>
    /// <param name="indices">For each sentence from now on, which one it continues: Int64, with one dimension.</param>
    /// <exception cref="ArgumentException">The tensor is not Int64 with one dimension, or an index is no sentence.</exception>
    /// <exception cref="InvalidOperationException">The cache is empty, or holds one sentence without a batch.</exception>
    public void Reorder(Tensor indices) => Reorder(indices, Sentences(indices));

    /// <summary>Forgets all slots from a length on, as a search does that goes back.</summary>
    /// <param name="length">How many slots stay: at most <see cref="Length"/>, and padded prompts must stay whole.</param>
    /// <exception cref="ArgumentOutOfRangeException">The length is out of range.</exception>
    public void Truncate(long length)
    {
        var least = padding?.Width ?? 0;
        if (length < least || length > Length)
            throw new ArgumentOutOfRangeException(nameof(length), length, $"length must be at least {least} and at most {Length}.");
        Length = length;
    }

    /// <summary>Frees the memory.</summary>
    public void Dispose()
    {
        isDisposed = true;
        keys?.Dispose();
        values?.Dispose();
    }

    /// <summary>Checks an order, and says which sentences it takes.</summary>
    internal long[] Sentences(Tensor indices)
    {
        if (keys is null || values is null) throw new InvalidOperationException("The cache is empty: there is nothing to reorder.");
        if (keys.Leading.Length == 0) throw new InvalidOperationException("The cache holds one sentence without a batch.");
        return Guard.Indices(indices, keys.Leading[0], nameof(indices));
    }

    /// <summary>Takes an order that was checked. There may be no memory for it: both are made before either changes.</summary>
    internal void Reorder(Tensor indices, long[] sentences)
    {
        using var scope = NewDisposeScope();
        var (chosenKeys, chosenValues) = (keys!.Chosen(indices), values!.Chosen(indices));
        keys.Become(chosenKeys);
        values.Become(chosenValues);
        padding = padding?.Select(sentences);
    }

    /// <summary>Checks that these can be appended, and says how the prompts, which they may be, are padded.</summary>
    internal PromptPadding? Accept(MultiHeadAttention attention, Tensor key, Tensor value)
    {
        if (isDisposed) throw Unfit("is disposed");
        if (owner is not null && owner != attention) throw Unfit("holds the keys of another attention module");
        keys?.Check(key, nameof(key));
        values?.Check(value, nameof(value));
        if (padding is not null || lengths is null) return padding;

        var (batch, width) = (key.dim() == 2 ? 1 : key.size(0), key.size(-2));
        if (lengths.Length != batch) throw Unfit($"has {lengths.Length} lengths for prompts {Guard.Show(key.shape)}");
        if (lengths.Any(length => length > width)) throw Unfit($"has a length of {lengths.Max()} for prompts {Guard.Show(key.shape)}");
        return new PromptPadding(lengths, side, width);

        static ArgumentException Unfit(string why) => new($"The cache {why}.", "cache");
    }

    /// <summary>Appends heads (…, g, s, ·) and returns all there are.</summary>
    internal (Tensor Keys, Tensor Values) Append(MultiHeadAttention attention, Tensor key, Tensor value, PromptPadding? prompts)
    {
        if (is_grad_enabled() && (key.requires_grad || value.requires_grad))
            throw new ArgumentException("A cache passes no gradients: call under torch.no_grad().", "cache");
        keys ??= new GrowingTensor(key, capacity);
        values ??= new GrowingTensor(value, capacity);
        keys.Write(key, Length);
        values.Write(value, Length);
        (owner, padding) = (attention, prompts);
        Length += key.size(-2);
        return (keys.Rows(Length), values.Rows(Length));
    }
}
