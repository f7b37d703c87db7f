using TorchSharp;
using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>Every precondition of the library: bad input is named here, before any native call sees it.</summary>
internal static partial class Guard
{
    internal static string Show(IEnumerable<long> shape) => $"({string.Join(", ", shape)})";

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
        SizesFit(Alive(tensor, name).shape, shape, name);
        return Here(tensor, shape, name);
    }

    /// <summary>The same of what is not yet written out.</summary>
    internal static void SizesFit(long[] sizes, AttentionShape shape, string name)
    {
        long[] scores = [.. shape.Batch, shape.QueryLength, shape.KeyLength];
        var common = Broadcast(sizes, scores);
        if (common is null || !common.SequenceEqual(scores))
            throw new ArgumentException($"{name} {Show(sizes)} does not broadcast to the scores {Show(scores)}.", name);
    }

    /// <summary>An input of an attention or a score.</summary>
    private static void Floating(Tensor tensor, string name)
    {
        Precision(tensor, name);
        if (tensor.dim() is < 2 or > 4)
            throw new ArgumentException($"{name} {Show(tensor.shape)} must have 2, 3 or 4 dimensions: (…, length, size).", name);
    }

    /// <summary>Of a dtype that the library computes in.</summary>
    internal static void Precision(Tensor tensor, string name)
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
        if (tensor.size(-1) != size) throw Misfit(tensor, size, name, other.shape, otherName);
    }

    private static ArgumentException Misfit(Tensor tensor, long size, string name, IEnumerable<long> other, string otherName) =>
        new($"{name} {Show(tensor.shape)} must have size {size} in its last dimension; {otherName} is {Show(other)}.", name);

    private static ArgumentException Mismatch(string what, Tensor tensor, string name, Tensor other, string otherName) =>
        new($"{name} {Show(tensor.shape)} and {otherName} {Show(other.shape)} {what}.", name);

    internal static bool SameDevice(Device left, Device right) =>
        left.type == right.type && (left.index == right.index || left.type == DeviceType.CPU);
}
