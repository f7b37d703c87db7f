using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>The preconditions of <see cref="FlexAttention"/>: memory is read by pointers, so nothing is left to chance.</summary>
internal static class FlexGuard
{
    /// <summary>Lanes count keys in float32, which is exact so far.</summary>
    internal const int MostKeys = 1 << 24;

    internal static void Check<TModification>(Tensor query, Tensor key, Tensor value, TModification modification, FlexOptions options)
        where TModification : struct, IScoreModification
    {
        Guard.Flex(query, key, value);
        OnCpu(query, nameof(query), query.dtype == ScalarType.BFloat16 ? ScalarType.BFloat16 : ScalarType.Float32);
        Lengths(query, nameof(query));
        Lengths(key, nameof(key));
        Lengths(value, nameof(value));
        Guard.Probability(options.Dropout, nameof(options.Dropout));
        if (options.Scale is { } scale) Guard.Finite(scale, nameof(options.Scale));
        if (options.Sink is { } sink) Sink(sink, query, key, value);
        if (options.WeightRows is { } rows) Rows(rows, query);
        if (modification.Flags is { } flags) OnCpu(flags, nameof(modification.Flags), ScalarType.Bool);
        foreach (var parameter in modification.Parameters) OnCpu(parameter, nameof(modification.Parameters), ScalarType.Float32);
    }

    private static void Sink(Tensor sink, Tensor query, Tensor key, Tensor value)
    {
        OnCpu(sink, nameof(FlexOptions.Sink), ScalarType.Float32);
        var heads = query.dim() < 4 ? 1 : Math.Max(query.size(1), Math.Max(key.size(1), value.size(1)));
        if (sink.dim() != 1 || sink.size(0) != heads)
            throw new ArgumentException(
                $"Sink {Guard.Show(sink.shape)} must be ({heads}), a logit per head of query {Guard.Show(query.shape)}.", nameof(FlexOptions.Sink));
    }

    private static void Rows(IReadOnlyList<long> rows, Tensor query)
    {
        if (rows.Any(row => row < 0 || row >= query.size(-2)) || rows.Distinct().Count() < rows.Count)
            throw new ArgumentException(
                $"WeightRows ({string.Join(", ", rows)}) must be different rows of query {Guard.Show(query.shape)}.", nameof(FlexOptions.WeightRows));
    }

    private static void OnCpu(Tensor tensor, string name, ScalarType dtype)
    {
        Guard.Alive(tensor, name);
        if (tensor.device_type != TorchSharp.DeviceType.CPU || tensor.is_sparse)
            throw new ArgumentException($"{name} is on {tensor.device}; this kernel runs on dense tensors on the CPU.", name);
        if (tensor.dtype != dtype) throw new ArgumentException($"{name} has dtype {tensor.dtype}; it must be {dtype}.", name);
        if (tensor.numel() > int.MaxValue && tensor.dtype == ScalarType.Bool)
            throw new ArgumentException($"{name} {Guard.Show(tensor.shape)} has more entries than {int.MaxValue}.", name);
    }

    private static void Lengths(Tensor tensor, string name)
    {
        if (tensor.size(-2) > MostKeys)
            throw new ArgumentException($"{name} {Guard.Show(tensor.shape)} has more than {MostKeys} rows.", name);
        if (tensor.size(-1) == 0) throw new ArgumentException($"{name} {Guard.Show(tensor.shape)} has size 0.", name);
    }
}
