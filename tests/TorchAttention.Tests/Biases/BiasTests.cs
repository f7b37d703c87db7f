using TorchAttention.Tests.Rules;
using TorchAttention.Tests.Support;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Biases;

/// <summary>A bias is added to the scores, whatever it broadcasts from.</summary>
public class BiasTests
{
    public static IEnumerable<TheoryDataRow<string>> Kinds => Every.One();

    [Theory]
    [MemberData(nameof(Kinds))]
    public void IsAddedToTheScores(string kindName)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var kind = Kind.Of(kindName);
        using var attention = kind.Build();
        var inputs = kind.Inputs(rank: 4);
        foreach (var shape in new long[][] { [5, 7], [1, 7], [5, 1], [3, 1, 7], [2, 1, 5, 7], [2, 3, 5, 7] })
        {
            var values = new Data(13).Normal(shape);
            var (context, weights) = attention.Attend(inputs.Query, inputs.Key, inputs.Value, AttentionMask.Causal, AttentionBias.Dense(values));
            var oracle = kind.Oracle(attention, (_, i, j) => j <= i + 2, 5, 7) with { Bias = Grid.Of(values.expand(2, 3, 5, 7)) };
            var expected = oracle.Attend(Grid.Of(inputs.Query), Grid.Of(inputs.Key), Grid.Of(inputs.Value));
            Close.Reordered(ScalarType.Float64).Check(weights, expected.Weights, "weights");
            Close.Reordered(ScalarType.Float64).Check(context, expected.Context, "context");
            Close.Exact.Check(
                attention.call(inputs.Query, inputs.Key, inputs.Value, AttentionMask.Causal, AttentionBias.Dense(values)), context, "context by call");
        }
    }

    /// <summary>Also a whole row, which is empty then.</summary>
    [Theory]
    [MemberData(nameof(Kinds))]
    public void MinusInfinityForbids(string kindName)
    {
        using var scope = NewDisposeScope();
        var kind = Kind.Of(kindName);
        if (kind.Predictive) return; // its sentence length comes from the mask alone
        using var attention = kind.Build();
        var inputs = kind.Inputs(rank: 3);
        var mask = MaskKind.Of("dense with an empty row").For([], 5, 7).Mask;
        var allowed = MaskKind.Tabulate(MaskKind.Of("dense with an empty row").For([], 5, 7).Allowed, [], 5, 7);
        var bias = AttentionBias.Dense(
            zeros(5, 7, dtype: ScalarType.Float64, device: CPU).Fill(allowed.logical_not(), double.NegativeInfinity));

        var forbidden = Every.Run(attention, inputs, leaves => attention.Attend(leaves.Query, leaves.Key, leaves.Value, bias: bias));
        var masked = Every.Run(attention, inputs, leaves => attention.Attend(leaves.Query, leaves.Key, leaves.Value, mask));

        Every.AreEqual(Close.Reordered(ScalarType.Float64), forbidden, masked);
    }
}
