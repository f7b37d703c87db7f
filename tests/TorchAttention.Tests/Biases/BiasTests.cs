using TorchAttention.Tests.Rules;
using TorchAttention.Tests.Support;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Biases;

/// <summary>A bias is added to the scores, whatever it broadcasts from.</summary>
public class BiasTests
{
    public static IEnumerable<TheoryDataRow<string>> Kinds => Every.One(kind => !kind.Is(Traits.NoBias));

    [Theory]
    [MemberData(nameof(Kinds))]
    public void IsAddedToTheScores(string kindName)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var kind = Kind.Of(kindName);
        using var attention = kind.Build();
        var inputs = kind.Inputs(rank: 4);
        var leading = kind.Reference.Scores(inputs.Leading);
        foreach (var shape in new long[][] { [5, 7], [1, 7], [5, 1], [leading[^1], 1, 7], [.. leading[..^1], 1, 5, 7], [.. leading, 5, 7] })
        {
            var values = new Data(13).Normal(shape);
            var (context, weights) = attention.Attend(inputs.Query, inputs.Key, inputs.Value, AttentionMask.Causal, AttentionBias.Dense(values));
            var expected = kind.Reference.Oracle(
                attention, inputs, (_, i, j) => j <= i + 2, Grid.Of(values.expand([.. leading, 5, 7])));
            Close.Reordered(ScalarType.Float64).Check(weights, expected.Weights, "weights");
            Close.Reordered(ScalarType.Float64).Check(context, expected.Context, "context");
            Close.Reordered(ScalarType.Float64).Check(
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
        if (kind.Is(Traits.ReadsLength)) return; // its sentence length comes from the mask alone
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
