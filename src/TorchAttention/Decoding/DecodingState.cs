using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>
/// What a stack of layers knows of the tokens so far: a cache and, in a decoder, a prepared memory for each layer. Made by
/// <see cref="Encoder.Start"/> and <see cref="Decoder.Start"/>; it belongs to no dispose scope, so its owner disposes it.
/// </summary>
public sealed class DecodingState : IDisposable
{
    private readonly nn.Module owner;
    private readonly AttentionMemory[] memories;

    internal DecodingState(nn.Module owner, IEnumerable<KeyValueCache> caches, IEnumerable<AttentionMemory> memories)
    {
        this.owner = owner;
        Caches = [.. caches];
        this.memories = [.. memories];
        foreach (var memory in this.memories) memory.DetachFromDisposeScope();
    }

    internal IReadOnlyList<KeyValueCache> Caches { get; }

    internal IReadOnlyList<AttentionMemory> Memories => memories;

    /// <summary>How many slots of the caches are used: tokens, and the padding of prompts.</summary>
    public long Length => Caches[0].Length;

    /// <summary>
    /// Takes sentences in another order, with their memories, as beam search does. A memory of one sentence serves all, and stays.
    /// </summary>
    /// <param name="indices">For each sentence from now on, which one it continues: Int64, with one dimension.</param>
    /// <exception cref="ArgumentException">The tensor is not Int64 with one dimension, or an index is no sentence.</exception>
    /// <exception cref="InvalidOperationException">There are no tokens yet, or there is one sentence without a batch.</exception>
    public void Reorder(Tensor indices)
    {
        // All that can be wrong with an order comes before anything changes.
        long[][] sentences = [.. Caches.Select(cache => cache.Sentences(indices))];
        foreach (var memory in memories)
            if (memory.Sentences > 1) Guard.Indices(indices, memory.Sentences, nameof(indices));

        foreach (var (cache, chosen) in Caches.Zip(sentences)) cache.Reorder(indices, chosen);
        using var scope = NewDisposeScope();
        for (var i = 0; i < memories.Length; i++)
        {
            if (memories[i].Sentences == 1) continue; // one that serves all
            using var old = memories[i];
            memories[i] = old.Select(indices).DetachFromDisposeScope();
        }
    }

    /// <summary>Forgets all slots from a length on, as a search does that goes back.</summary>
    /// <param name="length">How many slots stay, as <see cref="KeyValueCache.Truncate"/> takes it.</param>
    /// <exception cref="ArgumentOutOfRangeException">The length is out of range.</exception>
    public void Truncate(long length)
    {
        foreach (var cache in Caches) cache.Truncate(length);
    }

    /// <summary>Frees the memory of all layers.</summary>
    public void Dispose()
    {
        foreach (var cache in Caches) cache.Dispose();
        foreach (var memory in memories) memory.Dispose();
    }

    internal void Check(nn.Module module)
    {
        if (!ReferenceEquals(owner, module)) throw new ArgumentException("The state was made by another module.", "state");
    }
}
