using TorchAttention.Tests.Support;
using Xunit;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Rules;

/// <summary>A query that may attend to no key gets zeros: context, weights and gradients.</summary>
public class EmptyRows
{
    public static IEnumerable<TheoryDataRow<string, string>> Cases => Every.With("dense with an empty row", "an empty sentence", "causal");

    [Theory]
    [MemberData(nameof(Cases))]
    public void GiveZeros(string kindName, string maskName)
    {
        using var scope = NewDisposeScope();
        var kind = Kind.Of(kindName);
        using var attention = kind.Build();
        // More queries than keys, so that causal has empty rows too.
        const long l = Sizes.Keys, s = Sizes.Queries;
        var inputs = kind.Inputs(rank: 4, queries: l, keys: s);
        var (mask, allowed) = kind.Mask(maskName, inputs);

        var run = Every.Run(attention, inputs, leaves => attention.Attend(leaves.Query, leaves.Key, leaves.Value, mask));

        Every.AreFinite(run);
        var nothing = kind.Reference.EmptyContext(attention);
        var empty = 0;
        foreach (var batch in Grid.Indices(kind.Reference.Weights(inputs.Leading)))
        {
            for (var i = 0L; i < l; i++)
            {
                if (Enumerable.Range(0, (int)s).Any(j => allowed(batch, i, j))) continue;
                empty++;
                Every.IsZero(run["weights"].Row(batch, i), $"row {i} of the weights");
                if (run.TryGetValue("sample", out var sample))
                    Assert.Equal(-1, sample.Row(batch[..^1], batch[^1])[(int)i]);
                foreach (var name in new[] { "log-probability", "entropy" })
                    if (run.TryGetValue(name, out var numbers))
                        Every.IsZero(numbers.Row(batch[..^1], batch[^1]).Slice((int)i, 1), $"entry {i} of {name}");
                // The masks here leave a query nothing in every head, if they do in one.
                Every.IsZero(run["gradient of query"].Row(batch[..inputs.Leading.Length], i), $"row {i} of the query's gradient");
                Assert.Equal(nothing.Numbers, run["context"].Row(batch[..inputs.Leading.Length], i).ToArray());
            }
            if (maskName == "an empty sentence" && batch[0] == 0)
                for (var j = 0L; j < s; j++)
                    foreach (var name in new[] { "gradient of key", "gradient of value" })
                        Every.IsZero(run[name].Row(batch[..inputs.Leading.Length], j), $"row {j} of {name}");
        }
        Assert.True(empty > 0, "the mask has no empty row");
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void AreZeroInHalfPrecisionToo(string kindName, string maskName)
    {
        using var scope = NewDisposeScope();
        var kind = Kind.Of(kindName);
        using var attention = kind.Build(ScalarType.BFloat16);
        var inputs = kind.Inputs(rank: 3, ScalarType.BFloat16, queries: Sizes.Keys, keys: Sizes.Queries);
        var mask = kind.Mask(maskName, inputs).Mask;

        Every.AreFinite(Every.Run(attention, inputs, leaves => attention.Attend(leaves.Query, leaves.Key, leaves.Value, mask)));
    }
}
