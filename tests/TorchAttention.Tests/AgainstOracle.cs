using TorchAttention.Tests.Support;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchAttention.Tests;

/// <summary>Every mechanism under every mask, in every rank and dtype, against the oracle.</summary>
public class AgainstOracle
{
    public static IEnumerable<TheoryDataRow<string, string, int, ScalarType>> Product =>
        from kind in Kind.All
        from mask in MaskKind.Names
        from rank in new[] { 2, 3, 4 }
        from dtype in new[] { ScalarType.Float64, ScalarType.Float32, ScalarType.BFloat16 }
        where !(kind.Is(Traits.Hard | Traits.Jumps) && dtype == ScalarType.BFloat16) // near ties fall either way: HardChoices has a test of its own
        select new TheoryDataRow<string, string, int, ScalarType>(kind.Name, mask, rank, dtype);

    [Theory]
    [MemberData(nameof(Product))]
    public void ContextAndWeights(string kindName, string maskName, int rank, ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var kind = Kind.Of(kindName);
        using var attention = kind.Build(dtype);
        var inputs = kind.Inputs(rank, dtype);
        var (mask, allowed) = kind.Mask(maskName, inputs);

        var (context, weights) = attention.Attend(inputs.Query, inputs.Key, inputs.Value, mask);

        var oracle = kind.Reference.Oracle(attention, inputs, allowed);
        var naive = kind.Reference.Naive(attention, inputs, allowed);
        Assert.Equal(dtype, context.dtype);
        Assert.Equal(dtype, weights.dtype);
        Close.Budget(Grid.Of(naive.Weights), oracle.Weights, dtype, 2).Check(weights, oracle.Weights, "weights");
        Close.Budget(Grid.Of(naive.Context), oracle.Context, dtype, 2).Check(context, oracle.Context, "context");
    }
}
