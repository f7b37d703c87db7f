using TorchAttention.Tests.Support;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Rules;

/// <summary>How the numbers lie in memory, and how often a batch repeats them, changes nothing.</summary>
public class Shapes
{
    private static readonly Dictionary<string, (long[] Query, long[] Key, long[] Value)> Broadcasts = new()
    {
        ["key and value shared by the heads"] = ([2, 3], [2, 1], [2, 1]),
        ["query over the batch, key over the heads"] = ([2, 1], [1, 3], [1, 1]),
        ["value alone is batched"] = ([1, 1], [1, 1], [2, 3]),
        ["one query for all"] = ([1, 1], [2, 3], [2, 3]),
        ["three dimensions"] = ([2], [1], [1]),
        ["three dimensions, one query for all"] = ([1], [2], [2]),
    };

    public static IEnumerable<TheoryDataRow<string, string>> BroadcastCases => Every.With<string>([.. Broadcasts.Keys]);

    public static IEnumerable<TheoryDataRow<string>> Kinds => Every.One();

    [Theory]
    [MemberData(nameof(BroadcastCases))]
    public void BroadcastingEqualsRepeating(string kindName, string sizes)
    {
        using var scope = NewDisposeScope();
        var kind = Kind.Of(kindName);
        using var attention = kind.Build();
        var (queryLeading, keyLeading, valueLeading) = Broadcasts[sizes];
        var inputs = new Inputs(kind.Inputs(queryLeading).Query, kind.Inputs(keyLeading).Key, kind.Inputs(valueLeading).Value);
        long[] leading = queryLeading.Length == 2 ? [Sizes.Batch, Sizes.Heads] : [Sizes.Batch];

        foreach (var name in MaskKind.Names)
        {
            var mask = MaskKind.Of(name).For(kind.Reference.Scores(leading), Sizes.Queries, Sizes.Keys).Mask;
            var repeated = Every.Run(attention, inputs, leaves => Attend(leaves.Map(tensor => Repeat(tensor, leading))));
            var broadcast = Every.Run(attention, inputs, Attend);
            // Weights may keep a size of 1 that only the values have.
            broadcast["weights"] = Grid.Of(broadcast["weights"].ToTensor().expand(repeated["weights"].Shape));
            foreach (var rows in new[] { "sample", "log-probability", "entropy" })
                if (broadcast.TryGetValue(rows, out var numbers))
                    broadcast[rows] = Grid.Of(numbers.ToTensor().expand(repeated[rows].Shape));
            // The gradient of what is repeated is the sum of the repeats'.
            var times = leading.Aggregate((a, b) => a * b);
            Every.AreEqual(Close.Reordered(ScalarType.Float64), broadcast, repeated, ofGradients: Close.Reordered(ScalarType.Float64, times));

            AttentionOutput Attend(Inputs leaves) => attention.Attend(leaves.Query, leaves.Key, leaves.Value, mask);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void StridesDoNotMatter(string kindName)
    {
        using var scope = NewDisposeScope();
        var kind = Kind.Of(kindName);
        using var attention = kind.Build();
        var inputs = kind.Inputs(rank: 4);
        var mask = AttentionMask.Padding(Sizes.Keys, 3);
        var expected = Every.Run(attention, inputs, Attend);

        Func<Tensor, Tensor>[] layouts =
        [
            tensor => tensor.transpose(-1, -2).contiguous().transpose(-1, -2),
            tensor => tensor.transpose(1, 2).contiguous().transpose(1, 2), // as heads are split from a projection
            tensor => cat([tensor, tensor], -1)[TensorIndex.Ellipsis, TensorIndex.Slice(stop: tensor.size(-1))],
            tensor => tensor.repeat_interleave(2, -2)[TensorIndex.Ellipsis, TensorIndex.Slice(step: 2), TensorIndex.Colon],
        ];
        foreach (var layout in layouts)
        {
            Assert.False(layout(inputs.Key).is_contiguous());
            var actual = Every.Run(attention, inputs, leaves => Attend(leaves.Map(layout)));
            Every.AreEqual(Close.Reordered(ScalarType.Float64), actual, expected);
        }

        AttentionOutput Attend(Inputs leaves) => attention.Attend(leaves.Query, leaves.Key, leaves.Value, mask);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void SplittingABatchChangesNothing(string kindName)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var kind = Kind.Of(kindName);
        using var attention = kind.Build();
        var inputs = kind.Inputs(rank: 3);
        long[] lengths = [Sizes.Keys, 3];

        var (context, weights) = attention.Attend(inputs.Query, inputs.Key, inputs.Value, AttentionMask.Padding(lengths));

        for (var b = 0; b < Sizes.Batch; b++)
        {
            var item = inputs.Map(tensor => tensor[b]);
            var (oneContext, oneWeights) = attention.Attend(item.Query, item.Key, item.Value, AttentionMask.Padding(lengths[b]));
            Close.Reordered(ScalarType.Float64).Check(oneContext, context[b], "context");
            Close.Reordered(ScalarType.Float64).Check(oneWeights, weights[b], "weights");
        }
    }

    private static Tensor Repeat(Tensor tensor, long[] leading) => tensor.expand([.. leading, .. tensor.shape[^2..]]).contiguous();
}
