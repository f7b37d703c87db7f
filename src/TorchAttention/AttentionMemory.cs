using TorchSharp;
using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>
/// Keys and values that an attention has prepared for many queries: the keys projected, the padding cleared.
/// Made by <see cref="Attention.Prepare"/>; an explicit value, so that no module keeps state between calls.
/// </summary>
public sealed class AttentionMemory : IDisposable
{
    internal AttentionMemory(Attention owner, Tensor key, Tensor value, Tensor? allowed, long keyDim)
    {
        Owner = owner;
        KeyDim = keyDim;
        // Aliases, because the memory may outlive or be disposed before the caller's own tensors.
        Key = key.alias();
        Value = value.alias();
        Allowed = allowed?.alias();
    }

    internal Attention Owner { get; }

    internal Tensor Key { get; }

    internal Tensor Value { get; }

    internal Tensor? Allowed { get; }

    /// <summary>The size of a key before it was prepared, which a query's must fit.</summary>
    internal long KeyDim { get; }

    /// <summary>How many sentences there are: 1 also where one serves any number.</summary>
    internal long Sentences => Key.dim() < 3 ? 1 : new[] { Key, Value, Allowed }.Max(tensor => tensor is null ? 1 : SentencesOf(tensor));

    /// <summary>The sentences in another order, some of them several times or not at all, as beam search needs.</summary>
    /// <param name="indices">For each sentence of the result, which one of these it is: Int64, with one dimension.</param>
    /// <returns>A memory of its own, to be disposed by the caller.</returns>
    /// <exception cref="ArgumentException">The tensor is not Int64 with one dimension, or an index is no sentence.</exception>
    /// <exception cref="InvalidOperationException">The memory holds one sentence without a batch.</exception>
    public AttentionMemory Select(Tensor indices)
    {
        if (Key.dim() < 3) throw new InvalidOperationException("The memory holds one sentence without a batch.");
        var sentences = Sentences;
        Guard.Indices(indices, sentences, nameof(indices));

        using var scope = NewDisposeScope();
        var here = indices.to(Key.device);
        var allowed = Allowed is null ? null : Chosen(Allowed);
        return new AttentionMemory(Owner, Chosen(Key), Chosen(Value), allowed, KeyDim).MoveToOuterDisposeScope();

        // What serves every sentence serves those in another order.
        Tensor Chosen(Tensor tensor) => SentencesOf(tensor) == sentences && tensor.dim() > 2 ? tensor.index_select(0, here) : tensor;
    }

    /// <summary>Disposes the prepared tensors; those they were made from stay.</summary>
    public void Dispose()
    {
        Key.Dispose();
        Value.Dispose();
        Allowed?.Dispose();
    }

    internal AttentionMemory DetachFromDisposeScope()
    {
        Key.DetachFromDisposeScope();
        Value.DetachFromDisposeScope();
        Allowed?.DetachFromDisposeScope();
        return this;
    }

    internal AttentionMemory MoveToOuterDisposeScope()
    {
        Key.MoveToOuterDisposeScope();
        Value.MoveToOuterDisposeScope();
        Allowed?.MoveToOuterDisposeScope();
        return this;
    }

    private long SentencesOf(Tensor tensor)
    {
        var rank = Key.dim() + (Owner is MultiHeadAttention ? 1 : 0); // of the scores, which the mask is for
        return ReferenceEquals(tensor, Allowed) && tensor.dim() < rank ? 1 : tensor.size(0);
    }
}
