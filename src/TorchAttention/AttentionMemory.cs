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

    /// <summary>Disposes the prepared tensors; those they were made from stay.</summary>
    public void Dispose()
    {
        Key.Dispose();
        Value.Dispose();
        Allowed?.Dispose();
    }

    internal AttentionMemory MoveToOuterDisposeScope()
    {
        Key.MoveToOuterDisposeScope();
        Value.MoveToOuterDisposeScope();
        Allowed?.MoveToOuterDisposeScope();
        return this;
    }
}
