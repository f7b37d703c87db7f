using System.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>Entmax of all rows of a tensor on the CPU, for one α or for an α that broadcasts to the rows.</summary>
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
        if (alpha is not null)
        {
            var alphas = new Rows<T>(alpha.expand([.. input.shape[..^1], 1]).contiguous());
            Each<T, AnyPower<T>>(input, upstream, output, i => new AnyPower<T>(alphas[i][0]));
        }
        else if (number == 2) Each<T, SparsemaxPower<T>>(input, upstream, output, _ => default);
        else if (number == 1.5) Each<T, Entmax15Power<T>>(input, upstream, output, _ => default);
        else Each<T, AnyPower<T>>(input, upstream, output, _ => new AnyPower<T>(T.CreateChecked(number)));
        return output.MoveToOuterDisposeScope();
    }

    /// <summary>Forward where there is no upstream gradient, backward where there is.</summary>
    private static void Each<T, TPower>(Tensor input, Tensor? upstream, Tensor output, Func<long, TPower> power)
        where T : unmanaged, IFloatingPointIeee754<T>
        where TPower : IEntmaxPower<T>
    {
        var (source, target) = (new Rows<T>(input), new Rows<T>(output));
        var gradients = upstream is null ? default : new Rows<T>(upstream);
        Rows.Split(source.Count, source.Size, (start, end) =>
        {
            var row = new EntmaxRow<T, TPower>(source.Size);
            for (var i = start; i < end; i++)
            {
                if (upstream is null) row.Normalize(source[i], target[i], power(i));
                else EntmaxRow<T, TPower>.Differentiate(source[i], gradients[i], target[i], power(i));
            }
        });
    }
}
