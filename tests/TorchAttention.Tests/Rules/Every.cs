using TorchAttention.Tests.Support;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Rules;

/// <summary>What the tests of the house rules share: their theory data, and a run with all its gradients.</summary>
internal static class Every
{
    private const string Gradient = "gradient of ";

    internal static IEnumerable<TheoryDataRow<string>> One(Func<Kind, bool>? belongs = null) =>
        Kind.All.Where(belongs ?? (_ => true)).Select(kind => new TheoryDataRow<string>(kind.Name));

    internal static IEnumerable<TheoryDataRow<string, T>> With<T>(params T[] values) =>
        from kind in Kind.All
        from value in values
        select new TheoryDataRow<string, T>(kind.Name, value);

    /// <summary>The output, and the gradient of every input and parameter under a seeded upstream; none counts as zero.</summary>
    internal static Dictionary<string, Grid> Run(Attention attention, Inputs inputs, Func<Inputs, AttentionOutput> attend)
    {
        using var scope = NewDisposeScope();
        attention.zero_grad();
        var leaves = inputs.Copy().RequiresGrad();
        var output = attend(leaves);
        var upstream = new Data(6).Normal(output.Context.dtype, output.Context.shape);
        output.Context.backward([upstream.to(output.Context.device)]);

        var result = new Dictionary<string, Grid> { ["context"] = Grid.Of(output.Context), ["weights"] = Grid.Of(output.Weights) };
        if (output.Sample is { } sample) result["sample"] = Grid.Of(sample);
        if (output.LogProbability is { } logProbability) result["log-probability"] = Grid.Of(logProbability);
        if (output.Entropy is { } entropy) result["entropy"] = Grid.Of(entropy);
        foreach (var (name, leaf) in leaves.Named.Concat(attention.named_parameters().Select(entry => (entry.name, (Tensor)entry.parameter))))
            result[Gradient + name] = leaf.grad is { } gradient ? Grid.Of(gradient) : Grid.Zeros(leaf.shape);
        return result;
    }

    internal static void AreEqual(Close close, Dictionary<string, Grid> actual, Dictionary<string, Grid> expected, Close? ofGradients = null)
    {
        Assert.Equal(expected.Keys.Order(), actual.Keys.Order());
        foreach (var (name, numbers) in expected)
            (name.StartsWith(Gradient, StringComparison.Ordinal) ? ofGradients ?? close : close).Check(actual[name], numbers, name);
    }

    internal static void AreFinite(Dictionary<string, Grid> run)
    {
        foreach (var (name, grid) in run) Assert.True(grid.Numbers.All(double.IsFinite), $"{name} is not finite");
    }

    internal static void IsZero(Span<double> numbers, string what)
    {
        foreach (var number in numbers) Assert.True(number == 0, $"{what} is {number} instead of zero");
    }
}
