using TorchAttention.Tests.Support;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Rules;

/// <summary>What no query may attend to may hold NaN or infinity: no output and no gradient sees it.</summary>
public class Poison
{
    private static readonly double[] Poisons = [double.NaN, double.PositiveInfinity, double.NegativeInfinity];

    public static IEnumerable<TheoryDataRow<string, string>> Direct =>
        Every.With("padding", "an empty sentence", "causal top-left", "causal & padding");

    public static IEnumerable<TheoryDataRow<string, string>> Prepared => Every.With("padding", "an empty sentence");

    [Theory]
    [MemberData(nameof(Direct))]
    public void NeverSpreads(string kindName, string maskName) => Check(
        kindName, maskName, (attention, mask) => leaves => attention.Attend(leaves.Query, leaves.Key, leaves.Value, mask));

    [Theory]
    [MemberData(nameof(Prepared))]
    public void NeverSpreadsFromPreparedKeys(string kindName, string maskName) => Check(
        kindName, maskName, (attention, mask) => leaves => attention.Attend(leaves.Query, attention.Prepare(leaves.Key, leaves.Value, mask)),
        byMaskAlone: true);

    [Theory]
    [MemberData(nameof(Prepared))]
    public void NeverSpreadsInHalfPrecision(string kindName, string maskName) => Check(
        kindName, maskName, (attention, mask) => leaves => attention.Attend(leaves.Query, leaves.Key, leaves.Value, mask), ScalarType.BFloat16);

    private static void Check(
        string kindName, string maskName, Func<Attention, AttentionMask?, Func<Inputs, AttentionOutput>> bind,
        ScalarType dtype = ScalarType.Float64, bool byMaskAlone = false)
    {
        using var scope = NewDisposeScope();
        var kind = Kind.Of(kindName);
        using var attention = kind.Build(dtype);
        var inputs = kind.Inputs(rank: 4, dtype);
        var (l, s) = (inputs.QueryLength, inputs.KeyLength);
        var (mask, allowed) = kind.Mask(maskName, inputs);
        // Prepared keys are projected before there is a query, so that a window does not clear any of them.
        using var table = MaskKind.Tabulate(
            (batch, i, j) => allowed(batch, i, j) && (byMaskAlone || kind.Reference.InBand(i, j, l, s)), kind.Reference.Scores(inputs.Leading), l, s);
        using var reachable = kind.Reference.Heads is null ? table : table.any(-3); // a head is enough
        using var unreachable = reachable.any(-2).logical_not().unsqueeze(-1); // (…, s, 1)
        Assert.True(unreachable.any().item<bool>(), "the mask leaves no key out");

        var clean = Every.Run(attention, inputs, bind(attention, mask));
        Every.AreFinite(clean);
        foreach (var poison in Poisons)
        {
            var poisoned = inputs with
            {
                Key = inputs.Key.Fill(unreachable, poison),
                Value = inputs.Value.Fill(unreachable, poison),
            };
            Every.AreEqual(Close.Exact, Every.Run(attention, poisoned, bind(attention, mask)), clean);
        }
    }
}
