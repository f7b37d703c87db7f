using TorchSharp;
using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>
/// Keys and values that an attention has prepared for many queries: the keys projected, the padding cleared.
/// Made by <see cref="Attention.Prepare"/>; an explicit value, so that no module keeps state between calls.
/// </summary>
public sealed class AttentionMemory : IDisposable
{
    internal AttentionMemory(Attention owner, Tensor key, Tensor value, Tensor? allowed)
    {
        Owner = owner;
        // Aliases, because the memory may outlive or be disposed before the caller's own tensors.
        Key = key.alias();
        Value = value.alias();
        Allowed = allowed?.alias();
    }

    internal Attention Owner { get; }

    internal Tensor Key { get; }

    internal Tensor Value { get; }

    internal Tensor? Allowed { get; }

    /// <summary>The sentences in another order, some of them several times or not at all, as beam search needs.</summary>
    /// <param name="indices">For each sentence of the result, which one of these it is: Int64, with one dimension.</param>
    /// <returns>A memory of its own, to be disposed by the caller.</returns>
    /// <exception cref="ArgumentException">The tensor is not Int64 with one dimension, or an index is no sentence.</exception>
    /// <exception cref="InvalidOperationException">The memory holds one sentence without a batch.</exception>
    public AttentionMemory Select(Tensor indices)
    {
        if (Key.dim() < 3) throw new InvalidOperationException("The memory holds one sentence without a batch.");
        var rank = Key.dim() + (Owner is MultiHeadAttention ? 1 : 0); // of the scores, which the mask is for
        var sentences = new[] { Key, Value, Allowed }.Max(tensor => tensor is null ? 1 : Sentences(tensor));
        Guard.Indices(indices, sentences, nameof(indices));

        using var scope = NewDisposeScope();
        var here = indices.to(Key.device);
        return new AttentionMemory(Owner, Chosen(Key), Chosen(Value), Allowed is null ? null : Chosen(Allowed)).MoveToOuterDisposeScope();

        long Sentences(Tensor tensor) => ReferenceEquals(tensor, Allowed) && tensor.dim() < rank ? 1 : tensor.size(0);

        // What serves every sentence serves those in another order.
        Tensor Chosen(Tensor tensor) => Sentences(tensor) == sentences && tensor.dim() > 2 ? tensor.index_select(0, here) : tensor;
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
}
