using System.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>Entmax of all rows of a tensor on the CPU, for one α (1 is softmax) or for an α that broadcasts to the rows.</summary>
internal static class EntmaxRows
{
    /// <summary>The weights of scores; an entry is absent where its score is minus infinity, or where it is not allowed.</summary>
    internal static Tensor Weights(Tensor scores, double number, Tensor? alpha, Tensor? allowed) => scores.dtype == ScalarType.Float64
        ? Weights<double>(scores, number, alpha, allowed)
        : Weights<float>(scores, number, alpha, allowed);

    internal static Tensor Gradient(Tensor weights, Tensor upstream, double number) => weights.dtype == ScalarType.Float64
        ? Gradient<double>(weights, upstream, number)
        : Gradient<float>(weights, upstream, number);

    private static Tensor Weights<T>(Tensor scores, double number, Tensor? alpha, Tensor? allowed)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        using var scope = NewDisposeScope();
        scores = scores.contiguous();
        var weights = empty(scores.shape, dtype: scores.dtype, device: scores.device);
        RowFlags? flags = allowed is null ? null : RowFlags.Of(allowed, scores.shape);
        new EntmaxRows<T>(scores, weights).Normalize(flags, number, alpha?.expand([.. scores.shape[..^1], 1]).contiguous());
        return weights.MoveToOuterDisposeScope();
    }

    private static Tensor Gradient<T>(Tensor weights, Tensor upstream, double number)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        using var scope = NewDisposeScope();
        (weights, upstream) = (weights.contiguous(), upstream.contiguous());
        var gradient = empty(weights.shape, dtype: weights.dtype, device: weights.device);
        new EntmaxRows<T>(weights, gradient).Differentiate(new Rows<T>(upstream), number);
        return gradient.MoveToOuterDisposeScope();
    }
}

/// <summary>The passes over them.</summary>
internal readonly struct EntmaxRows<T>(Tensor input, Tensor output)
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly Rows<T> source = new(input), target = new(output);

    internal void Normalize(RowFlags? allowed, double number, Tensor? alpha)
    {
        if (alpha is not null)
        {
            var alphas = new Rows<T>(alpha);
            Normalize(allowed, i => new AnyPower<T>(alphas[i][0]));
        }
        else if (number == 2) Normalize(allowed, _ => default(SparsemaxPower<T>));
        else if (number == 1.5) Normalize(allowed, _ => default(Entmax15Power<T>));
        else if (number == 1) Softmax(allowed);
        else Normalize(allowed, _ => new AnyPower<T>(T.CreateChecked(number)));
    }

    internal void Differentiate(Rows<T> upstream, double number)
    {
        if (number == 2) Differentiate(upstream, default(SparsemaxPower<T>));
        else if (number == 1.5) Differentiate(upstream, default(Entmax15Power<T>));
        else if (number == 1) Differentiate(upstream, default(SoftmaxSlope<T>));
        else Differentiate(upstream, new AnyPower<T>(T.CreateChecked(number)));
    }

    private void Softmax(RowFlags? allowed)
    {
        var rows = this;
        Rows.Split(source.Count, source.Size, (start, end) =>
        {
            for (var i = start; i < end; i++)
                if (!SoftmaxRow<T>.TryNormalize(rows.Present(i, allowed), rows.target[i])) RowVectors.Spoil(rows.Present(i, allowed), rows.target[i]);
        });
    }

    private void Normalize<TPower>(RowFlags? allowed, Func<long, TPower> power)
        where TPower : IEntmaxPower<T>
    {
        var rows = this;
        Rows.Split(source.Count, source.Size, (start, end) =>
        {
            var row = new EntmaxRow<T, TPower>(rows.source.Size);
            for (var i = start; i < end; i++) row.Normalize(rows.Present(i, allowed), rows.target[i], power(i));
        });
    }

    /// <summary>
    /// A row of scores, minus infinity where they are not allowed. Those stand where the weights will: in the processor's cache, and
    /// every score is read before its weight is written.
    /// </summary>
    private ReadOnlySpan<T> Present(long i, RowFlags? allowed)
    {
        if (allowed is not { } rows) return source[i];
        RowVectors.Restrict(source[i], rows[i], target[i]);
        return target[i];
    }

    private void Differentiate<TSlope>(Rows<T> upstream, TSlope slope)
        where TSlope : IEntmaxSlope<T>
    {
        var (source, target) = (this.source, this.target);
        Rows.Split(source.Count, source.Size, (start, end) =>
        {
            for (var i = start; i < end; i++) EntmaxGradient<T, TSlope>.Differentiate(source[i], upstream[i], target[i], slope);
        });
    }
}
