using TorchSharp;
using static TorchSharp.torch;

namespace TorchAttention;

// What modules are called with.
internal static partial class Guard
{
    internal static void Inputs(Attention attention, Tensor query, Tensor key, Tensor value)
    {
        Memory(attention, key, value);
        Query(attention, query, key, value, key.size(-1));
        Last(key, attention.KeyDim ?? query.size(-1), nameof(key), query, nameof(query));
    }

    internal static void Memory(Attention attention, Tensor key, Tensor value)
    {
        Floating(key, nameof(key));
        Floating(value, nameof(value));
        Alike(value, nameof(value), key, nameof(key));
        Parameters(attention, key, nameof(key));
        if (attention.KeyDim is { } keyDim) Last(key, keyDim, nameof(key), value, nameof(value));
        if (attention.ValueDim is { } valueDim) Last(value, valueDim, nameof(value), key, nameof(key));
        if (value.size(-2) != key.size(-2)) throw Mismatch("need the same number of rows", value, nameof(value), key, nameof(key));
        if (Broadcast(AttentionShape.Leading(key), AttentionShape.Leading(value)) is null)
            throw Mismatch("have batch sizes that do not broadcast", value, nameof(value), key, nameof(key));
    }

    /// <summary>The query alone, against a memory that the attention prepared itself.</summary>
    internal static void Recalled(Attention attention, Tensor query, AttentionMemory memory)
    {
        Prepared(attention, memory);
        Query(attention, query, memory.Key, memory.Value, memory.KeyDim);
    }

    /// <summary>A memory that an attention prepared itself.</summary>
    private static void Prepared(Attention attention, AttentionMemory memory)
    {
        ArgumentNullException.ThrowIfNull(memory);
        if (!ReferenceEquals(memory.Owner, attention))
            throw new ArgumentException("The memory was prepared by another attention module.", nameof(memory));
        Alive(memory.Key, nameof(memory));
    }

    /// <summary>The query alone, against keys that were checked before, of a size that they may have had before they were prepared.</summary>
    private static void Query(Attention attention, Tensor query, Tensor key, Tensor value, long keyDim)
    {
        Floating(query, nameof(query));
        Alike(query, nameof(query), key, nameof(key));
        var size = attention.QueryDim ?? keyDim;
        if (query.size(-1) != size) throw Misfit(query, size, nameof(query), [.. key.shape[..^1], keyDim], nameof(key));
        if (Broadcast(AttentionShape.Leading(query), AttentionShape.Leading(key)) is not { } batch)
            throw Mismatch("have batch sizes that do not broadcast", query, nameof(query), key, nameof(key));
        if (Broadcast(batch, AttentionShape.Leading(value)) is null)
            throw Mismatch("have batch sizes that do not broadcast", query, nameof(query), value, nameof(value));
    }

    /// <summary>For a module from sequence to sequence.</summary>
    internal static void Sequence(nn.Module module, Tensor input, string name, long? size = null)
    {
        Floating(input, name);
        Parameters(module, input, name);
        if (size is { } given && input.size(-1) != given)
            throw new ArgumentException($"{name} {Show(input.shape)} must have size {given} in its last dimension.", name);
    }

    /// <summary>For a decoder: its own sequence and the one it attends to.</summary>
    internal static void Sequences(nn.Module module, Tensor target, Tensor memory, long size)
    {
        Sequence(module, target, nameof(target), size);
        Sequence(module, memory, nameof(memory), size);
        Alike(memory, nameof(memory), target, nameof(target));
        if (Broadcast(AttentionShape.Leading(target), AttentionShape.Leading(memory)) is null)
            throw Mismatch("have batch sizes that do not broadcast", memory, nameof(memory), target, nameof(target));
    }

    /// <summary>For a decoder that runs step by step: its own sequence and the memory of another, which its attention has prepared.</summary>
    internal static void Sequences(nn.Module module, Tensor target, Attention attention, AttentionMemory memory, long size)
    {
        Sequence(module, target, nameof(target), size);
        Prepared(attention, memory);
        Alike(target, nameof(target), memory.Key, nameof(memory));
        if (Broadcast(AttentionShape.Leading(target), AttentionShape.Leading(memory.Key)) is null)
            throw Mismatch("have batch sizes that do not broadcast", target, nameof(target), memory.Key, nameof(memory));
    }

    /// <summary>The alignments of an earlier call on the same keys, which the next call continues.</summary>
    internal static void Previous(Tensor previous, AttentionShape shape)
    {
        Precision(previous, nameof(previous));
        if (previous.dtype != shape.DType)
            throw new ArgumentException($"previous has dtype {previous.dtype}, but the inputs have {shape.DType}.", nameof(previous));
        if (previous.dim() < 2 || previous.size(-2) == 0 || previous.size(-1) != shape.KeyLength)
            throw new ArgumentException(
                $"previous {Show(previous.shape)} must have at least one row of {shape.KeyLength} keys, as the scores {shape} have.", nameof(previous));
        long[] row = [.. AttentionShape.Leading(previous), 1, shape.KeyLength];
        if (Broadcast(row, [.. shape.Batch, 1, shape.KeyLength]) is not { } common || common.Length != shape.Batch.Count + 2
            || !common[..^2].SequenceEqual(shape.Batch))
            throw new ArgumentException($"previous {Show(previous.shape)} does not broadcast to the scores {shape}.", nameof(previous));
        if (!SameDevice(previous.device, shape.Device))
            throw new ArgumentException($"previous is on {previous.device}, but the inputs are on {shape.Device}.", nameof(previous));
    }

    /// <summary>What a linear attention continues: a key for every query, and the sums over all keys before.</summary>
    internal static void State(Tensor query, Tensor key, Tensor value, Tensor? state)
    {
        if (query.size(-2) != key.size(-2)) throw Mismatch("need the same number of rows", key, nameof(key), query, nameof(query));
        if (state is null) return;

        Precision(state, nameof(state));
        long[] sums = [.. Broadcast(AttentionShape.Leading(key), AttentionShape.Leading(value))!, key.size(-1), value.size(-1) + 1];
        if (!state.shape.SequenceEqual(sums))
            throw new ArgumentException(
                $"state {Show(state.shape)} must be {Show(sums)} for key {Show(key.shape)} and value {Show(value.shape)}.", nameof(state));
        var dtype = key.dtype is ScalarType.BFloat16 or ScalarType.Float16 ? ScalarType.Float32 : key.dtype;
        if (state.dtype != dtype)
            throw new ArgumentException($"state has dtype {state.dtype}, but inputs of {key.dtype} need {dtype}.", nameof(state));
        if (!SameDevice(state.device, key.device))
            throw new ArgumentException($"state is on {state.device}, but key is on {key.device}.", nameof(state));
    }

    /// <summary>Nodes and the edges between them.</summary>
    internal static void Graph(GraphAttention attention, Tensor nodes, Tensor edges)
    {
        Precision(nodes, nameof(nodes));
        if (nodes.dim() != 2 || nodes.size(1) != attention.InputDim)
            throw new ArgumentException($"nodes {Show(nodes.shape)} must have the shape (n, {attention.InputDim}).", nameof(nodes));
        Parameters(attention, nodes, nameof(nodes));
        Alive(edges, nameof(edges));
        if (!SameDevice(edges.device, nodes.device))
            throw new ArgumentException($"edges is on {edges.device}, but nodes is on {nodes.device}.", nameof(edges));
        Edges(edges, nodes.size(0));
    }

    /// <summary>Indices of nodes in two rows, sources and targets.</summary>
    internal static void Edges(Tensor edges, long nodes)
    {
        Alive(edges, nameof(edges));
        if (edges.is_sparse || edges.dtype != ScalarType.Int64 || edges.dim() != 2 || edges.size(0) != 2)
            throw new ArgumentException(
                $"edges must be Int64 with shape (2, E), sources and targets, but is {edges.dtype} {Show(edges.shape)}.", nameof(edges));
        if (edges.device_type == DeviceType.META)
            throw new ArgumentException("edges is on the meta device, where tensors hold no numbers.", nameof(edges));
        if (edges.numel() == 0) return;

        using var scope = NewDisposeScope();
        var (lowest, highest) = (edges.min().item<long>(), edges.max().item<long>());
        if (lowest < 0 || highest >= nodes)
            throw new ArgumentOutOfRangeException(
                nameof(edges), $"edges holds the indices {lowest} … {highest}, but there are {nodes} nodes.");
    }

    /// <summary>Two scores of one attention: two modules that take queries and keys of the same sizes.</summary>
    internal static void Together(Score score, Score chunkScore)
    {
        if (ReferenceEquals(score, chunkScore))
            throw new ArgumentException("The two scores must be two modules, each with parameters of its own.", nameof(chunkScore));
        var query = score.QueryDim ?? chunkScore.QueryDim;
        var (key, chunkKey) = (score.KeyDim ?? query, chunkScore.KeyDim ?? query);
        if (key != chunkKey || (chunkScore.QueryDim ?? query) != query)
            throw new ArgumentException(
                $"chunkScore takes queries of size {chunkScore.QueryDim ?? query} and keys of size {chunkKey}, " +
                $"but score takes {query} and {key}.", nameof(chunkScore));
    }

    /// <summary>For the flexible kernel: as <see cref="Inputs"/>, but heads of the key may be shared.</summary>
    internal static void Flex(Tensor query, Tensor key, Tensor value)
    {
        Floating(query, nameof(query));
        Floating(key, nameof(key));
        Floating(value, nameof(value));
        Alike(key, nameof(key), query, nameof(query));
        Alike(value, nameof(value), query, nameof(query));
        Last(key, query.size(-1), nameof(key), query, nameof(query));
        if (value.size(-2) != key.size(-2)) throw Mismatch("need the same number of rows", value, nameof(value), key, nameof(key));
        SharedHeads(query, nameof(query), key, nameof(key));
        SharedHeads(query, nameof(query), value, nameof(value));
        if (Broadcast(AttentionShape.Leading(key), AttentionShape.Leading(value)) is null)
            throw Mismatch("have batch sizes that do not broadcast", value, nameof(value), key, nameof(key));
    }

    /// <summary>For a score used alone.</summary>
    internal static void Pair(Score score, Tensor query, Tensor key)
    {
        Floating(query, nameof(query));
        Floating(key, nameof(key));
        Alike(query, nameof(query), key, nameof(key));
        Parameters(score, query, nameof(query));
        Last(query, score.QueryDim ?? key.size(-1), nameof(query), key, nameof(key));
        Last(key, score.KeyDim ?? query.size(-1), nameof(key), query, nameof(query));
        if (Broadcast(AttentionShape.Leading(query), AttentionShape.Leading(key)) is null)
            throw Mismatch("have batch sizes that do not broadcast", query, nameof(query), key, nameof(key));
    }

    /// <summary>For a normalizer used alone.</summary>
    internal static void Scores(Tensor scores, Tensor? allowed)
    {
        Precision(scores, nameof(scores));
        if (scores.dim() == 0) throw new ArgumentException("scores must have at least one dimension, the keys.", nameof(scores));
        if (allowed is null) return;

        Alive(allowed, nameof(allowed));
        if (allowed.dtype != ScalarType.Bool)
            throw new ArgumentException($"allowed has dtype {allowed.dtype}; it must be Bool, true where attention is allowed.", nameof(allowed));
        if (!SameDevice(allowed.device, scores.device))
            throw new ArgumentException($"allowed is on {allowed.device}, but scores are on {scores.device}.", nameof(allowed));
        if (Broadcast(allowed.shape, scores.shape) is not { } common || !common.SequenceEqual(scores.shape))
            throw new ArgumentException($"allowed {Show(allowed.shape)} does not broadcast to the scores {Show(scores.shape)}.", nameof(allowed));
    }

    /// <summary>Which of so many items, in managed memory: an index out of range would end a CUDA context.</summary>
    internal static long[] Indices(Tensor indices, long count, string name)
    {
        Alive(indices, name);
        if (indices.dtype != ScalarType.Int64 || indices.dim() != 1)
            throw new ArgumentException($"{name} must be Int64 with one dimension, but is {indices.dtype} {Show(indices.shape)}.", name);
        if (indices.device_type == DeviceType.META)
            throw new ArgumentException($"{name} is on the meta device, where tensors hold no numbers.", name);
        using var copy = indices.cpu();
        var numbers = copy.data<long>().ToArray();
        foreach (var index in numbers)
            if (index < 0 || index >= count)
                throw new ArgumentException($"{name} has an index of {index}; there are {count} items.", name);
        return numbers;
    }

    /// <summary>For the reward of choices (…, l), what of it counts, and the baseline that it is compared with.</summary>
    internal static void Choices(AttentionOutput output, Tensor reward, Tensor? counted, Tensor baseline)
    {
        ArgumentNullException.ThrowIfNull(output);
        if (output.LogProbability is not { } choices)
            throw new ArgumentException("output is not from an attention that chooses, as HardAttention does.", nameof(output));
        if (!SameDevice(Alive(choices, nameof(output)).device, baseline.device))
            throw new ArgumentException($"output is on {choices.device}, but the baseline is on {baseline.device}.", nameof(output));
        if (is_complex(Alive(reward, nameof(reward)).dtype))
            throw new ArgumentException($"reward has dtype {reward.dtype}; it must be a real number.", nameof(reward));
        Spreads(reward, nameof(reward), choices);
        if (counted is null) return;

        if (Alive(counted, nameof(counted)).dtype != ScalarType.Bool)
            throw new ArgumentException($"counted has dtype {counted.dtype}; it must be Bool, true where a query counts.", nameof(counted));
        Spreads(counted, nameof(counted), choices);
    }
}
