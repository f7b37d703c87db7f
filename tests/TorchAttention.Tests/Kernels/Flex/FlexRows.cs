using TorchAttention.Tests.Support;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Kernels.Flex;

/// <summary>The weights of chosen rows are those of all rows, with the same gradients, and nothing else changes.</summary>
public class FlexRows
{
    private static readonly FlexSizes Sizes = new(2, 2, 2, 101, 203, 11, 13);

    public static IEnumerable<TheoryDataRow<long[]>> Chosen => [new([]), new([7]), new([100, 0, 53])];

    [Theory]
    [MemberData(nameof(Chosen))]
    public void AreRowsOfAll(long[] rows)
    {
        using var scope = NewDisposeScope();
        var data = new Data(81);
        var (query, key, value) = Sizes.Inputs(data);
        var leaves = new[] { query, key, value }.Select(leaf => leaf.requires_grad_()).ToArray();
        var index = tensor(rows, dtype: ScalarType.Int64, device: CPU);
        var (forContext, forWeights) = (
            data.Normal(ScalarType.Float32, Sizes.Batch, Sizes.Heads, Sizes.Queries, Sizes.ValueSize),
            data.Normal(ScalarType.Float32, Sizes.Batch, Sizes.Heads, rows.Length, Sizes.Keys));

        var all = FlexAttention.AttendInFull(query, key, value, new CausalModification());
        var expected = Gradients(all.Context, all.Weights.index_select(-2, index));
        var some = FlexAttention.AttendInFull(query, key, value, new CausalModification(), new FlexOptions { WeightRows = rows });
        var actual = Gradients(some.Context, some.Weights);

        Close.Exact.Check(some.Context, all.Context, "context");
        Close.Exact.Check(some.LogSumExp, all.LogSumExp, "log-sum-exp");
        Close.Exact.Check(some.Weights, all.Weights.index_select(-2, index), "weights");
        for (var n = 0; n < leaves.Length; n++) Close.Exact.Check(actual[n], expected[n], $"gradient {n}");

        Tensor[] Gradients(Tensor context, Tensor weights)
        {
            foreach (var leaf in leaves) leaf.grad = null;
            Numbers.Sum((context * forContext).sum(), (weights * forWeights).sum()).backward();
            return [.. leaves.Select(leaf => leaf.grad!.clone())];
        }
    }

    [Fact]
    public void OthersAreRefused()
    {
        using var scope = NewDisposeScope();
        var (query, key, value) = Sizes.Inputs(new Data(82));
        foreach (var rows in new long[][] { [-1], [101], [3, 5, 3] })
        {
            var exception = Assert.Throws<ArgumentException>(
                () => FlexAttention.AttendInFull(query, key, value, new CausalModification(), new FlexOptions { WeightRows = rows }));
            Assert.Equal(nameof(FlexOptions.WeightRows), exception.ParamName);
        }
    }
}
