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

    internal static double Probability(double probability, string name) =>
        probability is >= 0 and < 1
            ? probability
            : throw new ArgumentOutOfRangeException(name, probability, $"{name} must be at least 0 and less than 1.");

    internal static double Positive(double number, string name) =>
        number > 0 && double.IsFinite(number)
            ? number
            : throw new ArgumentOutOfRangeException(name, number, $"{name} must be positive and finite.");

    internal static double Finite(double number, string name) =>
        double.IsFinite(number) ? number : throw new ArgumentOutOfRangeException(name, number, $"{name} must be finite.");

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

    /// <summary>A tensor that holds what its caller says it holds.</summary>
    internal static Tensor Alive(Tensor tensor, string name)
    {
        ArgumentNullException.ThrowIfNull(tensor, name);
        return tensor.IsInvalid ? throw new ArgumentException($"{name} is a disposed tensor.", name) : tensor;
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

    /// <summary>What a mask or bias came to must broadcast to the scores without enlarging them.</summary>
    internal static Tensor Fits(Tensor tensor, AttentionShape shape, string name)
    {
        long[] scores = [.. shape.Batch, shape.QueryLength, shape.KeyLength];
        var common = Broadcast(tensor.shape, scores);
        if (common is null || !common.SequenceEqual(scores))
            throw new ArgumentException($"{name} {Show(tensor.shape)} does not broadcast to the scores {Show(scores)}.", name);
        if (!SameDevice(tensor.device, shape.Device))
            throw new ArgumentException($"{name} is on {tensor.device}, but the inputs are on {shape.Device}.", name);
        return tensor;
    }

    /// <summary>An input of an attention or a score.</summary>
    private static void Floating(Tensor tensor, string name)
    {
        Precision(tensor, name);
        if (tensor.dim() is < 2 or > 4)
            throw new ArgumentException($"{name} {Show(tensor.shape)} must have 2, 3 or 4 dimensions: (…, length, size).", name);
    }

    /// <summary>Dense, of a dtype that the library computes in.</summary>
    private static void Precision(Tensor tensor, string name)
    {
        Alive(tensor, name);
        if (tensor.is_sparse)
            throw new ArgumentException($"{name} is a sparse tensor; dense ones are supported.", name);
        var supported = tensor.dtype is ScalarType.Float32 or ScalarType.Float64 or ScalarType.BFloat16
            || (tensor.dtype == ScalarType.Float16 && tensor.device_type == DeviceType.CUDA);
        if (!supported)
            throw new ArgumentException(
                $"{name} has dtype {tensor.dtype} on {tensor.device_type}; supported are Float32, Float64, BFloat16, and Float16 on CUDA.", name);
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

    private static bool SameDevice(Device left, Device right) =>
        left.type == right.type && (left.index == right.index || left.type == DeviceType.CPU);
}
