using TorchSharp;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Support;

/// <summary>
/// Seeded random tensors from <see cref="Random"/>: torch's own generator is shared by the whole process, so tests that run side
/// by side would disturb each other.
/// </summary>
internal sealed class Data(int seed)
{
    private readonly Random random = new(seed);

    internal Tensor Normal(ScalarType dtype, params long[] shape) => Tensor(dtype, shape, Normal);

    internal Tensor Normal(params long[] shape) => Normal(ScalarType.Float64, shape);

    /// <summary>True with the given probability.</summary>
    internal Tensor Bool(double probability, params long[] shape) =>
        Tensor(ScalarType.Bool, shape, () => random.NextDouble() < probability ? 1 : 0);

    /// <summary>Numbers 0 … bound - 1.</summary>
    internal long[] Integers(int bound, int count) => [.. Enumerable.Range(0, count).Select(_ => (long)random.Next(bound))];

    internal int Next(int bound) => random.Next(bound);

    internal T Pick<T>(IReadOnlyList<T> choices) => choices[random.Next(choices.Count)];

    private static Tensor Tensor(ScalarType dtype, long[] shape, Func<double> next)
    {
        var numbers = new double[shape.Aggregate(1L, (product, size) => product * size)];
        for (var i = 0; i < numbers.Length; i++) numbers[i] = next();
        using var precise = tensor(numbers, shape, dtype: ScalarType.Float64, device: CPU);
        return precise.to(dtype, copy: true);
    }

    /// <summary>Box and Muller's transform.</summary>
    private double Normal() =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
