using TorchSharp;
using Translator.Training;
using Xunit;
using static TorchSharp.torch;
using Parameter = TorchSharp.Modules.Parameter;

namespace Translator.Tests.Training;

/// <summary>The number of threads is the process's, so these run alone.</summary>
[Collection(nameof(TrainerTests))]
public sealed class AdamWTests : IDisposable
{
    private static readonly AdamWOptions Options = new() { SquareDecay = 0.98, WeightDecay = 0.1 };

    /// <summary>More than one stretch, a whole number of vectors, one less and one more, and hardly any.</summary>
    private static readonly long[][] Shapes = [[211, 307], [4, 4], [3, 5], [17], [1], []];

    private readonly DisposeScope scope = NewDisposeScope();

    public void Dispose() => scope.Dispose();

    /// <summary>Single precision keeps 2⁻²⁴ of a number, and a step has some ten operations: 1e-6 is far from what any mistake makes.</summary>
    [Theory]
    [InlineData(ScalarType.Float32, 1e-6)]
    [InlineData(ScalarType.Float64, 1e-14)]
    public void MovesAsTheFormulaSays(ScalarType dtype, double tolerance)
    {
        var parameters = Parameters(dtype, seed: 1);
        var oracle = parameters.Select(parameter => new Oracle(parameter.Parameter)).ToArray();
        using var optimizer = new AdamW(parameters, Options);
        for (var step = 1; step <= 3; step++)
        {
            SetGradients(parameters, seed: step);
            var norm = Math.Sqrt(parameters.Sum(item => Values(item.Parameter.grad!).Sum(value => value * value)));
            foreach (var (item, own) in parameters.Zip(oracle)) own.Step(Values(item.Parameter.grad!), step, Math.Min(1, 1.5 / norm));

            Assert.Equal(norm, optimizer.Step(rate: 0.01, maxNorm: 1.5), norm * 1e-6);
        }
        foreach (var (item, own) in parameters.Zip(oracle))
            Assert.All(Values(item.Parameter).Zip(own.Weights), pair => Assert.Equal(pair.Second, pair.First, tolerance));
    }

    [Fact]
    public void OneThreadAndTwoMakeTheSameSteps()
    {
        Assert.Equal(Run(1), Run(2));

        static double[] Run(int threads)
        {
            set_num_threads(threads);
            try
            {
                var parameters = Parameters(ScalarType.Float32, seed: 1);
                using var optimizer = new AdamW(parameters, Options);
                SetGradients(parameters, seed: 1);
                var norm = optimizer.Step(0.01, maxNorm: 1);
                return [norm, .. parameters.SelectMany(item => Values(item.Parameter))];
            }
            finally
            {
                set_num_threads(1);
            }
        }
    }

    [Fact]
    public void GoesOnFromAStateBitForBit()
    {
        var (straight, resumed) = (Parameters(ScalarType.Float32, seed: 1), Parameters(ScalarType.Float32, seed: 1));
        using var first = new AdamW(straight, Options);
        using var before = new AdamW(resumed, Options);
        foreach (var (parameters, optimizer) in new[] { (straight, first), (resumed, before) }) Move(parameters, optimizer, seed: 1);
        using var after = new AdamW(resumed, Options);
        after.Load(before.State, before.Steps);

        Move(straight, first, seed: 2);
        Move(resumed, after, seed: 2);

        Assert.Equal(2, after.Steps);
        Assert.Equal(straight.SelectMany(item => Values(item.Parameter)), resumed.SelectMany(item => Values(item.Parameter)));
        Assert.Equal(["0.mean", "0.square", "1.mean"], after.State.Keys.Take(3));
    }

    [Fact]
    public void AStateOfOtherParametersIsRefusedWhole()
    {
        var parameters = Parameters(ScalarType.Float32, seed: 1);
        using var optimizer = new AdamW(parameters);
        var good = optimizer.State.ToDictionary(item => item.Key, item => ones_like(item.Value));

        Refused(good.Where(item => item.Key != "3.square"), "3.square");
        Refused([.. good, KeyValuePair.Create("9.mean", good["0.mean"])], "9.mean");
        Refused([.. good.Where(item => item.Key != "5.square"), KeyValuePair.Create("5.square", ones(2))], "5.square");
        Assert.All(optimizer.State.Values, tensor => Assert.All(Values(tensor), value => Assert.Equal(0, value)));

        void Refused(IEnumerable<KeyValuePair<string, Tensor>> state, string name) =>
            Assert.Contains(name, Assert.Throws<ArgumentException>(() => optimizer.Load(state.ToDictionary(), 1)).Message);
    }

    [Fact]
    public void AGradientThatIsNotFiniteMovesNothing()
    {
        var parameters = Parameters(ScalarType.Float32, seed: 1);
        var before = parameters.SelectMany(item => Values(item.Parameter)).ToArray();
        using var optimizer = new AdamW(parameters, Options);
        SetGradients(parameters, seed: 1);
        parameters[1].Parameter.grad![0] = double.NaN;

        Assert.Equal(double.NaN, optimizer.Step(0.01));
        Assert.Equal(before, parameters.SelectMany(item => Values(item.Parameter)));
        Assert.Equal(0, optimizer.Steps);
    }

    [Fact]
    public void WhatHasNoGradientStays()
    {
        var parameters = Parameters(ScalarType.Float32, seed: 1);
        var before = Values(parameters[0].Parameter);
        using var optimizer = new AdamW(parameters, Options);
        SetGradients(parameters[1..], seed: 1);
        optimizer.Step(0.01);
        Assert.Equal(before, Values(parameters[0].Parameter));
        optimizer.ZeroGradients();
        Assert.All(parameters, item => Assert.Null(item.Parameter.grad));
    }

    private static void Move((string, Parameter)[] parameters, AdamW optimizer, int seed)
    {
        SetGradients(parameters, seed);
        optimizer.Step(0.01, maxNorm: 1);
    }

    private static (string Name, Parameter Parameter)[] Parameters(ScalarType dtype, int seed)
    {
        using var generator = new Generator((ulong)seed, CPU);
        return [.. Shapes.Select((shape, i) => ($"{i}", new Parameter(randn(shape, dtype: dtype, device: CPU, generator: generator))))];
    }

    private static void SetGradients((string Name, Parameter Parameter)[] parameters, int seed)
    {
        using var generator = new Generator((ulong)seed + 100, CPU);
        foreach (var (_, parameter) in parameters)
            parameter.grad = randn(parameter.shape, dtype: parameter.dtype, device: CPU, generator: generator) * 0.01;
    }

    private static double[] Values(Tensor tensor) => tensor.detach().to(ScalarType.Float64).data<double>().ToArray();

    /// <summary>The paper's formula in double precision, one number after the other.</summary>
    private sealed class Oracle(Tensor parameter)
    {
        private readonly double[] mean = new double[parameter.numel()];
        private readonly double[] square = new double[parameter.numel()];
        private readonly double decay = parameter.dim() > 1 ? 0.1 : 0;

        internal double[] Weights { get; } = Values(parameter);

        internal void Step(double[] gradient, int step, double clip)
        {
            for (var i = 0; i < Weights.Length; i++)
            {
                var g = gradient[i] * clip;
                mean[i] = (0.9 * mean[i]) + (0.1 * g);
                square[i] = (0.98 * square[i]) + (0.02 * g * g);
                var (m, v) = (mean[i] / (1 - Math.Pow(0.9, step)), square[i] / (1 - Math.Pow(0.98, step)));
                Weights[i] = Weights[i] - (0.01 * decay * Weights[i]) - (0.01 * m / (Math.Sqrt(v) + 1e-8));
            }
        }
    }
}
