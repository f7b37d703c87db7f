using TorchSharp;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Support;

/// <summary>A tensor's numbers in plain C#, in float64, row-major.</summary>
internal sealed record Grid(long[] Shape, double[] Numbers)
{
    internal static Grid Zeros(params long[] shape) => new(shape, new double[shape.Aggregate(1L, (product, size) => product * size)]);

    internal static Grid Of(Tensor tensor)
    {
        if (tensor.numel() == 0) return Zeros(tensor.shape);
        using var scope = NewDisposeScope();
        return new Grid(tensor.shape, tensor.detach().to(ScalarType.Float64).cpu().contiguous().data<double>().ToArray());
    }

    internal long[] Leading => Shape[..^2];

    internal double Largest => Numbers.Length == 0 ? 0 : Numbers.Max(Math.Abs);

    /// <summary>Row i of the last two dimensions; a leading size of 1 serves every batch index.</summary>
    internal Span<double> Row(long[] batch, long i)
    {
        var offset = 0L;
        for (var axis = 0; axis < Shape.Length - 2; axis++)
            offset = offset * Shape[axis] + (Shape[axis] == 1 ? 0 : batch[batch.Length - (Shape.Length - 2) + axis]);
        offset = offset * Shape[^2] + (Shape[^2] == 1 ? 0 : i);
        return Numbers.AsSpan((int)(offset * Shape[^1]), (int)Shape[^1]);
    }

    /// <summary>Every index into the leading sizes.</summary>
    internal static IEnumerable<long[]> Indices(long[] leading)
    {
        var count = leading.Aggregate(1L, (product, size) => product * size);
        for (var flat = 0L; flat < count; flat++)
        {
            var index = new long[leading.Length];
            var rest = flat;
            for (var axis = leading.Length - 1; axis >= 0; axis--) (rest, index[axis]) = Math.DivRem(rest, leading[axis]);
            yield return index;
        }
    }

    internal Tensor ToTensor(ScalarType dtype = ScalarType.Float64)
    {
        using var precise = tensor(Numbers, Shape, dtype: ScalarType.Float64, device: CPU);
        return precise.to(dtype, copy: true);
    }
}
