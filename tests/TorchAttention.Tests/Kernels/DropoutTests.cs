using TorchAttention.Tests.Support;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Kernels;

public class DropoutTests
{
    private const double Probability = 0.3;

    /// <summary>A number, less than a vector, several tasks and a rest, for both dtypes.</summary>
    public static IEnumerable<TheoryDataRow<ScalarType, int>> Sizes =>
        from dtype in new[] { ScalarType.Float32, ScalarType.BFloat16 }
        from size in new[] { 1, 13, 1009, 100_003 }
        select new TheoryDataRow<ScalarType, int>(dtype, size);

    /// <summary>The same numbers are dropped at any width, and what stays is rounded once; its gradient goes the same way.</summary>
    [Theory]
    [MemberData(nameof(Sizes))]
    public void IsAFunctionOfSeedAndPlace(ScalarType dtype, int size)
    {
        using var scope = NewDisposeScope();
        var (input, upstream) = (new Data(81).Normal(dtype, size).requires_grad_(), new Data(82).Normal(dtype, size));
        var dropout = new Dropout(Probability, 7);
        var output = DropoutFunction.Apply(input, dropout);
        output.backward([upstream]);
        Close.Exact.Check(output, Expected(input, dropout), "output");
        Close.Exact.Check(input.grad!, Expected(upstream, dropout), "gradient");
        Assert.Equal(dtype, output.dtype);
    }

    /// <summary>NaN and infinity stay what they are where they are not dropped.</summary>
    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    public void WhatIsDroppedIsGone(ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        foreach (var number in new[] { double.NaN, double.PositiveInfinity, double.NegativeInfinity })
        {
            var output = Grid.Of(DropoutFunction.Apply(full(1009, number, dtype: dtype, device: CPU), new Dropout(Probability, 7)));
            Assert.All(output.Numbers, actual => Assert.True(actual == 0 || actual.Equals(number), $"{actual}"));
            Assert.Contains(0, output.Numbers);
            Assert.Contains(number, output.Numbers);
        }
    }

    /// <summary>The share that is dropped is within five standard deviations, also of the numbers a task or a row apart.</summary>
    [Fact]
    public void DropsWithItsProbability()
    {
        using var scope = NewDisposeScope();
        const int rows = 512, columns = 512;
        foreach (var seed in new ulong[] { 0, 1, ulong.MaxValue })
        {
            var dropped = DropoutFunction.Apply(ones(rows, columns, device: CPU), new Dropout(Probability, seed)).eq(zeros(1)).to(ScalarType.Float64);
            Near(dropped.mean().item<double>(), Probability, rows * columns);
            var pairs = dropped[..^1] * dropped[1..];
            Near(pairs.mean().item<double>(), Probability * Probability, (rows - 1) * columns);
        }

        static void Near(double share, double probability, int count) =>
            Assert.True(Math.Abs(share - probability) < 5 * Math.Sqrt(probability * (1 - probability) / count), $"{share} instead of {probability}");
    }

    /// <summary>Strides do not matter: neither those of the input nor those of the gradient.</summary>
    [Fact]
    public void TakesAnyStrides()
    {
        using var scope = NewDisposeScope();
        var input = new Data(83).Normal(ScalarType.Float32, 31, 37).requires_grad_();
        var upstream = new Data(84).Normal(ScalarType.Float32, 31, 37);
        var dropout = new Dropout(Probability, 9);
        DropoutFunction.Apply(input.t(), dropout).backward([upstream.t()]);
        Close.Exact.Check(input.grad!, DropoutFunction.Apply(upstream.t().contiguous(), dropout).t(), "gradient");
    }

    /// <summary>The derivative of the gradient by the upstream gradient is the mask again.</summary>
    [Fact]
    public void HasSecondDerivatives()
    {
        using var scope = NewDisposeScope();
        var (input, weight) = (new Data(85).Normal(ScalarType.Float32, 1009).requires_grad_(), new Data(86).Normal(ScalarType.Float32, 1009));
        var dropout = new Dropout(Probability, 11);
        var output = DropoutFunction.Apply(input, dropout);
        var gradient = autograd.grad([(output * output).sum()], [input], create_graph: true)[0];
        (gradient * weight).sum().backward();
        var mask = DropoutFunction.Apply(ones(1009, device: CPU), dropout);
        Close.Reordered(ScalarType.Float32).Check(input.grad!, (mask * mask * weight).Times(2), "second derivative");
    }

    /// <summary>Elsewhere, and in a dtype that it does not know, dropout is torch's own; outside training it is nothing.</summary>
    [Fact]
    public void LeavesTheRestToTorch()
    {
        using var scope = NewDisposeScope();
        var input = ones(1009, dtype: ScalarType.Float64, device: CPU);
        Assert.Equal(ScalarType.Float64, DropoutFunction.Apply(input, Probability, isTraining: true).dtype);
        Assert.Equal(DeviceType.META, DropoutFunction.Apply(ones(3, device: META), Probability, isTraining: true).device_type);
        Assert.Same(input, DropoutFunction.Apply(input, Probability, isTraining: false));
        Assert.Same(input, DropoutFunction.Apply(input, 0, isTraining: true));
        Assert.Equal([0, 3], DropoutFunction.Apply(empty(0, 3, device: CPU), Probability, isTraining: true).shape);
    }

    /// <summary>Without any scope.</summary>
    [Fact]
    public void AStepLeavesNothing()
    {
        using var input = new Data(87).Normal(ScalarType.Float32, 1009).requires_grad_();
        NoLeaks.LeavesNone(
            () =>
            {
                using var output = DropoutFunction.Apply(input, Probability, isTraining: true);
                using var sum = output.sum();
                sum.backward();
            },
            "a step");
    }

    /// <summary>The module is the function in training and the identity outside it, on a tensor of its own.</summary>
    [Fact]
    public void AsAModule()
    {
        using var scope = NewDisposeScope();
        var input = new Data(88).Normal(ScalarType.Float32, 1009);
        var module = new CounterBasedDropout(Probability);
        using (var generator = new Generator(5, CPU))
        using (RandomSource.Use(generator))
        {
            var expected = new Dropout(Probability, Seed(5));
            Close.Exact.Check(module.call(input), Expected(input, expected), "training");
        }
        module.eval();
        var output = module.call(input);
        Assert.NotSame(input, output);
        Close.Exact.Check(output, Grid.Of(input), "eval");
        Assert.Throws<ArgumentException>("input", () => module.call(ones(3, dtype: ScalarType.Int64, device: CPU)));
    }

    /// <summary>Threads with a source of their own draw what they would draw alone, whatever others draw of torch's generator.</summary>
    [Fact]
    public void AThreadHasItsOwnSource()
    {
        using var scope = NewDisposeScope();
        var alone = new[] { Draw(1), Draw(2) };
        var together = new float[2][];
        using (var start = new Barrier(2))
        {
            Thread[] threads = [.. Enumerable.Range(0, 2).Select(i => new Thread(() =>
            {
                start.SignalAndWait();
                together[i] = Draw((ulong)i + 1);
            }))];
            foreach (var thread in threads) thread.Start();
            foreach (var thread in threads) thread.Join();
        }
        Assert.Equal(alone, together);
        Assert.NotEqual(alone[0], alone[1]);

        static float[] Draw(ulong seed)
        {
            using var inner = NewDisposeScope();
            using var generator = new Generator(seed, CPU);
            using var source = RandomSource.Use(generator);
            var dropped = ones(20, device: CPU);
            for (var i = 0; i < 20; i++) dropped = DropoutFunction.Apply(dropped, 0.1, isTraining: true);
            var sampled = new HardAttention(4, 4, 4, new Gumbel()).call(ones(1, 9, 4, device: CPU), ones(1, 7, 4, device: CPU), arange(28, dtype: ScalarType.Float32, device: CPU).view(1, 7, 4));
            return [.. dropped.data<float>(), .. sampled.data<float>()];
        }
    }

    /// <summary>Sources lie in each other; the innermost counts, in whatever order they end.</summary>
    [Fact]
    public void SourcesNest()
    {
        using var first = new Generator(1, CPU);
        using var second = new Generator(2, CPU);
        using (RandomSource.Use(first))
        {
            using (RandomSource.Use(second)) Assert.Same(second, RandomSource.Current);
            Assert.Same(first, RandomSource.Current);
        }
        Assert.Null(RandomSource.Current);

        var outer = RandomSource.Use(first);
        var inner = RandomSource.Use(second);
        outer.Dispose();
        Assert.Same(second, RandomSource.Current);
        inner.Dispose();
        Assert.Null(RandomSource.Current);
        Assert.Throws<ArgumentNullException>("generator", () => RandomSource.Use(null!));
    }

    private static ulong Seed(ulong generatorSeed)
    {
        using var generator = new Generator(generatorSeed, CPU);
        using var source = RandomSource.Use(generator);
        return RandomSource.Seed();
    }

    /// <summary>Written out, number by number: rounding to the dtype comes last.</summary>
    internal static Grid Expected(Tensor input, Dropout dropout)
    {
        using var scope = NewDisposeScope();
        var numbers = input.detach().to(ScalarType.Float32).data<float>().ToArray();
        for (var i = 0; i < numbers.Length; i++)
        {
            var (block, place) = Math.DivRem(i, 1 << 14);
            var random = RandomBits.Mix(((uint)place * RandomBits.Odd) ^ dropout.Row(0, 0, block)) >> 8;
            numbers[i] = random >= dropout.Threshold ? numbers[i] * dropout.Factor : 0;
        }
        return Grid.Of(tensor(numbers, dtype: ScalarType.Float32, device: CPU).to(input.dtype));
    }
}
