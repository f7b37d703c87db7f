using TorchSharp;
using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>Every precondition of the library: bad input is named here, before any native call sees it.</summary>
internal static class Guard
{
    internal static string Show(IEnumerable<long> shape) => $"({string.Join(", ", shape)})";

    internal static T NotNull<T>(T? value, string name)
        where T : class => value ?? throw new ArgumentNullException(name);

    internal static long Size(long size, string name) =>
        size > 0 ? size : throw new ArgumentOutOfRangeException(name, size, $"{name} must be positive.");

    internal static long? Size(long? size, string name) => size is { } given ? Size(given, name) : null;

    internal static long NotNegative(long number, string name) =>
        number >= 0 ? number : throw new ArgumentOutOfRangeException(name, number, $"{name} must not be negative.");

    internal static double NotNegative(double number, string name) =>
        number >= 0 && double.IsFinite(number)
            ? number
            : throw new ArgumentOutOfRangeException(name, number, $"{name} must be finite and not negative.");

    internal static long AtLeast(long least, long number, string name) =>
        number >= least ? number : throw new ArgumentOutOfRangeException(name, number, $"{name} must be at least {least}.");

    internal static double Probability(double probability, string name) =>
        probability is >= 0 and < 1
            ? probability
            : throw new ArgumentOutOfRangeException(name, probability, $"{name} must be at least 0 and less than 1.");

    internal static double Positive(double number, string name) =>
        number > 0 && double.IsFinite(number)
            ? number
            : throw new ArgumentOutOfRangeException(name, number, $"{name} must be positive and finite.");

    internal static double Between(double number, double low, double high, string name) =>
        number > low && number < high
            ? number
            : throw new ArgumentOutOfRangeException(name, number, FormattableString.Invariant($"{name} must lie between {low} and {high}."));

    internal static double Finite(double number, string name) =>
        double.IsFinite(number) ? number : throw new ArgumentOutOfRangeException(name, number, $"{name} must be finite.");

    internal static long Divisor(long divisor, string name, long whole, string wholeName) =>
        whole % Size(divisor, name) == 0
            ? divisor
            : throw new ArgumentException($"{name} must divide {wholeName}, but is {divisor} where {wholeName} is {whole}.", name);

    /// <summary>An attention for the heads of another.</summary>
    internal static Attention? OfHeads(Attention? inner, long headDim)
    {
        if (inner is MultiHeadAttention)
            throw new ArgumentException("inner has heads itself; it must be an attention without.", nameof(inner));
        foreach (var size in new[] { inner?.QueryDim, inner?.KeyDim, inner?.ValueDim })
            if (size is { } given && given != headDim)
                throw new ArgumentException($"inner takes size {given}, but a head has embedDim / numHeads = {headDim}.", nameof(inner));
        return inner;
    }

    internal static T Defined<T>(T value, string name)
        where T : struct, Enum =>
        Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(name, value, $"{name} is no {typeof(T).Name}.");

    /// <summary>A score that multiplies query and key needs both of one size.</summary>
    internal static long SameSize(long queryDim, long keyDim) =>
        queryDim == keyDim
            ? Size(queryDim, nameof(queryDim))
            : throw new ArgumentException(
                $"The scaled dot product needs queries and keys of one size, but queryDim is {queryDim} and keyDim is {keyDim}; " +
                "use a BilinearScore or an AdditiveScore for sizes that differ.", nameof(keyDim));

    internal static void Inputs(Attention attention, Tensor query, Tensor key, Tensor value)
    {
        Memory(attention, key, value);
        Query(attention, query, key, value);
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

    /// <summary>A memory that an attention prepared itself.</summary>
    internal static void Prepared(Attention attention, AttentionMemory memory)
    {
        ArgumentNullException.ThrowIfNull(memory);
        if (!ReferenceEquals(memory.Owner, attention))
            throw new ArgumentException("The memory was prepared by another attention module.", nameof(memory));
        Alive(memory.Key, nameof(memory));
    }

    /// <summary>The query alone, against keys that were checked before.</summary>
    internal static void Query(Attention attention, Tensor query, Tensor key, Tensor value)
    {
        Floating(query, nameof(query));
        Alike(query, nameof(query), key, nameof(key));
        Last(query, attention.QueryDim ?? key.size(-1), nameof(query), key, nameof(key));
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
        if (Broadcast(scores.shape, allowed.shape) is null)
            throw Mismatch("do not broadcast", allowed, nameof(allowed), scores, nameof(scores));
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

    /// <summary>A generator draws on its own device alone.</summary>
    internal static void SameDevice(Generator? generator, Tensor tensor, string name)
    {
        if (generator is not null && !SameDevice(generator.device, tensor.device))
            throw new ArgumentException($"{name} are on {tensor.device}, but the generator is on {generator.device}.", name);
    }

    /// <summary>A tensor that holds what its caller says it holds, entry by entry.</summary>
    internal static Tensor Alive(Tensor tensor, string name)
    {
        ArgumentNullException.ThrowIfNull(tensor, name);
        if (tensor.IsInvalid) throw new ArgumentException($"{name} is a disposed tensor.", name);
        return tensor.is_sparse ? throw new ArgumentException($"{name} is a sparse tensor; dense ones are supported.", name) : tensor;
    }

    /// <summary>A module with its native half; TorchSharp says of a disposed one that it has no parameters.</summary>
    internal static nn.Module Alive(nn.Module module, string name)
    {
        ArgumentNullException.ThrowIfNull(module, name);
        try
        {
            _ = module.training;
        }
        catch (ObjectDisposedException exception)
        {
            throw new ArgumentException($"{name} is a disposed module.", name, exception);
        }
        return module;
    }

    /// <summary>The common shape of two under broadcasting, or null if there is none.</summary>
    internal static long[]? Broadcast(IReadOnlyList<long> left, IReadOnlyList<long> right)
    {
        var result = new long[Math.Max(left.Count, right.Count)];
        for (var i = 1; i <= result.Length; i++)
        {
            var a = i <= left.Count ? left[^i] : 1;
            var b = i <= right.Count ? right[^i] : 1;
            if (a != b && a != 1 && b != 1) return null;
            result[^i] = a == 1 ? b : a;
        }
        return result;
    }

    /// <summary>A tensor that a mask or bias keeps must still be there, and where the inputs are.</summary>
    internal static Tensor Here(Tensor tensor, AttentionShape shape, string name) =>
        SameDevice(Alive(tensor, name).device, shape.Device)
            ? tensor
            : throw new ArgumentException($"{name} is on {tensor.device}, but the inputs are on {shape.Device}.", name);

    /// <summary>Two rows of numbers for one mask: on one device, for one batch.</summary>
    internal static void Together(Tensor tensor, string name, Tensor other, string otherName)
    {
        if (!SameDevice(tensor.device, other.device))
            throw new ArgumentException($"{name} is on {tensor.device}, but {otherName} is on {other.device}.", name);
        if (Broadcast(tensor.shape[..^1], other.shape[..^1]) is null)
            throw Mismatch("have batch sizes that do not broadcast", tensor, name, other, otherName);
    }

    /// <summary>What a mask or bias came to must broadcast to the scores without enlarging them.</summary>
    internal static Tensor Fits(Tensor tensor, AttentionShape shape, string name)
    {
        Alive(tensor, name);
        long[] scores = [.. shape.Batch, shape.QueryLength, shape.KeyLength];
        var common = Broadcast(tensor.shape, scores);
        if (common is null || !common.SequenceEqual(scores))
            throw new ArgumentException($"{name} {Show(tensor.shape)} does not broadcast to the scores {Show(scores)}.", name);
        return Here(tensor, shape, name);
    }

    /// <summary>An input of an attention or a score.</summary>
    private static void Floating(Tensor tensor, string name)
    {
        Precision(tensor, name);
        if (tensor.dim() is < 2 or > 4)
            throw new ArgumentException($"{name} {Show(tensor.shape)} must have 2, 3 or 4 dimensions: (…, length, size).", name);
    }

    /// <summary>Of a dtype that the library computes in.</summary>
    private static void Precision(Tensor tensor, string name)
    {
        Alive(tensor, name);
        var supported = tensor.dtype is ScalarType.Float32 or ScalarType.Float64 or ScalarType.BFloat16
            || (tensor.dtype == ScalarType.Float16 && tensor.device_type == DeviceType.CUDA);
        if (!supported)
            throw new ArgumentException(
                $"{name} has dtype {tensor.dtype} on {tensor.device_type}; supported are Float32, Float64, BFloat16, and Float16 on CUDA.", name);
    }

    /// <summary>On the device of the choices, and of a shape that broadcasts to theirs without enlarging it.</summary>
    private static void Spreads(Tensor tensor, string name, Tensor choices)
    {
        if (tensor.is_sparse)
            throw new ArgumentException($"{name} is a sparse tensor; dense ones are supported.", name);
        if (!SameDevice(tensor.device, choices.device))
            throw new ArgumentException($"{name} is on {tensor.device}, but the choices are on {choices.device}.", name);
        if (Broadcast(tensor.shape, choices.shape) is not { } common || !common.SequenceEqual(choices.shape))
            throw new ArgumentException($"{name} {Show(tensor.shape)} does not broadcast to the choices {Show(choices.shape)}.", name);
    }

    /// <summary>Same rank, dtype and device.</summary>
    private static void Alike(Tensor tensor, string name, Tensor other, string otherName)
    {
        if (tensor.dtype != other.dtype)
            throw new ArgumentException($"{name} has dtype {tensor.dtype}, but {otherName} has {other.dtype}.", name);
        if (!SameDevice(tensor.device, other.device))
            throw new ArgumentException($"{name} is on {tensor.device}, but {otherName} is on {other.device}.", name);
        if (tensor.dim() != other.dim()) throw Mismatch("need the same number of dimensions", tensor, name, other, otherName);
    }

    private static void SharedHeads(Tensor query, string queryName, Tensor tensor, string name)
    {
        var (batch, other) = (query.dim() > 2 ? query.size(0) : 1, tensor.dim() > 2 ? tensor.size(0) : 1);
        if (batch != other && batch != 1 && other != 1)
            throw Mismatch("have batch sizes that do not broadcast", tensor, name, query, queryName);
        var (heads, shared) = (query.dim() > 3 ? query.size(1) : 1, tensor.dim() > 3 ? tensor.size(1) : 1);
        if (heads != 1 && (shared == 0 || heads % shared != 0))
            throw Mismatch("have numbers of heads of which one does not divide the other", tensor, name, query, queryName);
    }

    private static void Parameters(nn.Module module, Tensor tensor, string name)
    {
        if (module.parameters().FirstOrDefault() is not { } parameter) return;
        if (parameter.dtype != tensor.dtype)
            throw new ArgumentException(
                $"{name} has dtype {tensor.dtype}, but the parameters of {module.GetName()} have {parameter.dtype}.", name);
        if (!SameDevice(parameter.device, tensor.device))
            throw new ArgumentException(
                $"{name} is on {tensor.device}, but the parameters of {module.GetName()} are on {parameter.device}.", name);
    }

    private static void Last(Tensor tensor, long size, string name, Tensor other, string otherName)
    {
        if (tensor.size(-1) != size)
            throw new ArgumentException(
                $"{name} {Show(tensor.shape)} must have size {size} in its last dimension; {otherName} is {Show(other.shape)}.", name);
    }

    private static ArgumentException Mismatch(string what, Tensor tensor, string name, Tensor other, string otherName) =>
        new($"{name} {Show(tensor.shape)} and {otherName} {Show(other.shape)} {what}.", name);

    internal static bool SameDevice(Device left, Device right) =>
        left.type == right.type && (left.index == right.index || left.type == DeviceType.CPU);
}
