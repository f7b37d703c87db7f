using System.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>Entmax of all rows of a tensor on the CPU, for one α (1 is softmax) or for an α that broadcasts to the rows.</summary>
internal static class EntmaxRows
{
    internal static Tensor Weights(Tensor scores, double number, Tensor? alpha) => Run(scores, null, number, alpha);

    internal static Tensor Gradient(Tensor weights, Tensor upstream, double number) => Run(weights, upstream, number, null);

    private static Tensor Run(Tensor input, Tensor? upstream, double number, Tensor? alpha) => input.dtype == ScalarType.Float64
        ? Run<double>(input, upstream, number, alpha)
        : Run<float>(input, upstream, number, alpha);

    private static Tensor Run<T>(Tensor input, Tensor? upstream, double number, Tensor? alpha)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        using var scope = NewDisposeScope();
        input = input.contiguous();
        upstream = upstream?.contiguous();
        var output = empty(input.shape, dtype: input.dtype, device: input.device);
        var rows = new EntmaxRows<T>(input, output);
        if (upstream is null) rows.Normalize(number, alpha?.expand([.. input.shape[..^1], 1]).contiguous());
        else rows.Differentiate(new Rows<T>(upstream), number);
        return output.MoveToOuterDisposeScope();
    }
}

/// <summary>The passes over them.</summary>
internal readonly struct EntmaxRows<T>(Tensor input, Tensor output)
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly Rows<T> source = new(input), target = new(output);

    internal void Normalize(double number, Tensor? alpha)
    {
        if (alpha is not null)
        {
            var alphas = new Rows<T>(alpha);
            Normalize(i => new AnyPower<T>(alphas[i][0]));
        }
        else if (number == 2) Normalize(_ => default(SparsemaxPower<T>));
        else if (number == 1.5) Normalize(_ => default(Entmax15Power<T>));
        else if (number == 1) Softmax();
        else Normalize(_ => new AnyPower<T>(T.CreateChecked(number)));
    }

    internal void Differentiate(Rows<T> upstream, double number)
    {
        if (number == 2) Differentiate(upstream, default(SparsemaxPower<T>));
        else if (number == 1.5) Differentiate(upstream, default(Entmax15Power<T>));
        else if (number == 1) Differentiate(upstream, default(SoftmaxSlope<T>));
        else Differentiate(upstream, new AnyPower<T>(T.CreateChecked(number)));
    }

    private void Softmax()
    {
        var (source, target) = (this.source, this.target);
        Rows.Split(source.Count, source.Size, (start, end) =>
        {
            for (var i = start; i < end; i++) SoftmaxRow<T>.Normalize(source[i], target[i]);
        });
    }

    private void Normalize<TPower>(Func<long, TPower> power)
        where TPower : IEntmaxPower<T>
    {
        var (source, target) = (this.source, this.target);
        Rows.Split(source.Count, source.Size, (start, end) =>
        {
            var row = new EntmaxRow<T, TPower>(source.Size);
            for (var i = start; i < end; i++) row.Normalize(source[i], target[i], power(i));
        });
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
