using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Support;

/// <summary>Compares autograd with central differences, in float64.</summary>
internal static class GradCheck
{
    private const double Step = 1e-5;

    /// <summary>Checks the gradient of a scalar function in every entry of every leaf. No gradient counts as zero.</summary>
    internal static void Check(Func<Tensor> function, params (string Name, Tensor Leaf)[] leaves)
    {
        using var scope = NewDisposeScope();
        foreach (var (_, leaf) in leaves) leaf.grad = null;
        function().backward();
        foreach (var (name, leaf) in leaves)
        {
            var gradient = leaf.grad is { } given ? Grid.Of(given) : Grid.Zeros(leaf.shape);
            Close.Differences.Check(gradient, Numerical(function, leaf), $"gradient of {name}");
        }
    }

    /// <summary>The same along one random direction of length one in every leaf: enough for modules that are put together of checked ones.</summary>
    internal static void CheckDirections(Func<Tensor> function, params (string Name, Tensor Leaf)[] leaves)
    {
        using var scope = NewDisposeScope();
        foreach (var (_, leaf) in leaves) leaf.grad = null;
        function().backward();
        using var noGradient = no_grad();
        var data = new Data(27);
        foreach (var (name, leaf) in leaves)
        {
            var direction = data.Normal(leaf.shape);
            direction /= direction.norm();
            var kept = leaf.clone();
            double Shifted(double step)
            {
                leaf.copy_(Numbers.Sum(kept, direction.Times(step)));
                return Evaluate(function);
            }
            var numerical = (Shifted(Step) - Shifted(-Step)) / (2 * Step);
            leaf.copy_(kept);
            var slope = leaf.grad is { } gradient ? (gradient * direction).sum().item<double>() : 0;
            Close.Differences.Check(new Grid([1], [slope]), new Grid([1], [numerical]), $"slope in {name}");
        }
    }

    private static Grid Numerical(Func<Tensor> function, Tensor leaf)
    {
        using var noGradient = no_grad();
        var result = Grid.Zeros(leaf.shape);
        for (var i = 0; i < result.Numbers.Length; i++)
        {
            var kept = At(leaf, i);
            At(leaf, i) = kept + Step;
            var above = Evaluate(function);
            At(leaf, i) = kept - Step;
            var below = Evaluate(function);
            At(leaf, i) = kept;
            result.Numbers[i] = (above - below) / (2 * Step);
        }
        return result;
    }

    private static double Evaluate(Func<Tensor> function)
    {
        using var scope = NewDisposeScope();
        return function().item<double>();
    }

    private static ref double At(Tensor leaf, int i) => ref MemoryMarshal.Cast<byte, double>(leaf.bytes)[i];
}
