using TorchAttention.Tests.Support;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchAttention.Tests;

/// <summary>Gradients of every mechanism: against central differences, and within the error budget of each precision.</summary>
public class Gradients
{
    /// <summary>So many inputs tell what the written-out computation loses: on a few it may be lucky.</summary>
    private const int BudgetSeeds = 4;

    /// <summary>Those whose gradient is the derivative of their output.</summary>
    public static IEnumerable<TheoryDataRow<string, string>> Differentiable =>
        from kind in Kind.All
        where !kind.Is(Traits.Estimated)
        from mask in new[] { "none", "causal", "an empty sentence", "dense with an empty row" }
        select new TheoryDataRow<string, string>(kind.Name, mask);

    public static IEnumerable<TheoryDataRow<string, ScalarType>> Precisions =>
        from kind in Kind.All
        where !kind.Is(Traits.Hard | Traits.Estimated | Traits.Jumps)
        from dtype in new[] { ScalarType.Float32, ScalarType.BFloat16 }
        where !(kind.Is(Traits.Kinked) && dtype == ScalarType.BFloat16)
        select new TheoryDataRow<string, ScalarType>(kind.Name, dtype);

    /// <summary>Of context, weights, log-probability and entropy, in the inputs, a bias and every parameter.</summary>
    [Theory]
    [MemberData(nameof(Differentiable))]
    public void MatchCentralDifferences(string kindName, string maskName) => CheckDifferences(Kind.Of(kindName), maskName);

    /// <summary>The reference is autograd in float64 on the very same numbers, which the other tests tie to the oracle.</summary>
    [Theory]
    [MemberData(nameof(Precisions))]
    public void StayWithinTheBudget(string kindName, ScalarType dtype) => CheckBudget(Kind.Of(kindName), dtype);

    internal static void CheckDifferences(Kind kind, string maskName)
    {
        using var scope = NewDisposeScope();
        using var attention = kind.Build();
        var inputs = kind.Inputs(rank: 3, queries: 3, keys: 5).RequiresGrad();
        var mask = kind.Mask(maskName, inputs).Mask;
        var data = new Data(4);
        var bias = kind.Is(Traits.NoBias) ? null : data.Normal(3, 5).requires_grad_();
        long[] rows = [.. kind.Reference.Weights(inputs.Leading), 3];
        var upstream = new[] { data.Normal(Sizes.Batch, 3, kind.Reference.ContextDim), data.Normal([.. rows, 5]), data.Normal(rows) };

        Tensor Loss()
        {
            using var inner = NewDisposeScope();
            using var output = attention.Attend(inputs.Query, inputs.Key, inputs.Value, mask, bias is null ? null : AttentionBias.Dense(bias));
            var loss = Numbers.Sum((output.Context * upstream[0]).sum(), (output.Weights * upstream[1]).sum());
            if (output.LogProbability is { } logProbability) loss = Numbers.Sum(loss, (logProbability * upstream[2]).sum());
            if (output.Entropy is { } entropy) loss = Numbers.Sum(loss, (entropy * upstream[2]).sum());
            return loss.MoveToOuterDisposeScope();
        }

        GradCheck.Check(Loss, [
            .. inputs.Named, .. bias is null ? [] : new[] { ("bias", bias) }, .. attention.named_parameters().Select(entry => (entry.name, (Tensor)entry.parameter))]);
    }

    internal static void CheckBudget(Kind kind, ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        using var attention = kind.Build(dtype);
        using var precise = kind.Build(dtype);
        precise.to(ScalarType.Float64);
        var runs = (
            from maskName in new[] { "none", "causal", "dense" }
            from seed in Enumerable.Range(2, BudgetSeeds)
            from entry in Backward(kind, attention, precise, kind.Inputs(rank: 3, dtype, seed), maskName)
            select (entry.Name, entry.Actual, entry.Naive, entry.Expected, Where: $"mask {maskName}, seed {seed}")).ToList();

        foreach (var leaf in runs.GroupBy(run => run.Name))
        {
            var budget = Close.Widest(leaf.Select(run => Close.Budget(run.Naive, run.Expected, dtype, 3)));
            foreach (var run in leaf) budget.Check(run.Actual, run.Expected, $"gradient of {leaf.Key}, {run.Where}");
        }
    }

    /// <summary>The gradients of the module, of the written-out computation, and of that in float64.</summary>
    private static IEnumerable<(string Name, Grid Actual, Grid Naive, Grid Expected)> Backward(
        Kind kind, Attention attention, Attention precise, Inputs inputs, string maskName)
    {
        using var scope = NewDisposeScope();
        var upstream = new Data(5).Normal(inputs.Query.dtype, Sizes.Batch, Sizes.Queries, kind.Reference.ContextDim);
        var (mask, allowed) = kind.Mask(maskName, inputs);

        var actual = Backward(attention, inputs.Copy(), upstream, leaves => attention.call(leaves.Query, leaves.Key, leaves.Value, mask));
        var naive = Backward(attention, inputs.Copy(), upstream, leaves => kind.Reference.Naive(attention, leaves, allowed).Context);
        var expected = Backward(
            precise, inputs.To(ScalarType.Float64), upstream.to(ScalarType.Float64),
            leaves => kind.Reference.Naive(precise, leaves, allowed).Context);
        return [.. expected.Keys.Select(name => (name, actual[name], naive[name], expected[name]))];
    }

    private static Dictionary<string, Grid> Backward(
        Attention attention, Inputs inputs, Tensor upstream, Func<Inputs, Tensor> forward)
    {
        attention.zero_grad();
        forward(inputs.RequiresGrad()).backward([upstream]);
        var leaves = inputs.Named.Concat(attention.named_parameters().Select(entry => (entry.name, (Tensor)entry.parameter)));
        return leaves.ToDictionary(entry => entry.Item1, entry => entry.Item2.grad is { } given ? Grid.Of(given) : Grid.Zeros(entry.Item2.shape));
    }
}
