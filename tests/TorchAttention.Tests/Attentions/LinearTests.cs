using TorchAttention.Tests.Support;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Attentions;

/// <summary>
/// The linear way of computing, which serves where no weights are asked for, against the way over all pairs, which the tests over
/// all kinds tie to the oracle.
/// </summary>
public class LinearTests
{
    private const long Block = CausalSums.Block;

    /// <summary>All but the last have a linear way, the last where there are as many queries as keys.</summary>
    private static readonly string[] Masks = ["none", "padding", "an empty sentence", "causal", "causal & padding", "causal top-left"];

    private static readonly (long Queries, long Keys)[] Lengths =
    [
        (5, 7), (7, 5), (1, 7), (7, 1), (0, 7), (5, 0), (0, 0),
        (Block, Block), (Block - 1, Block + 1), (2 * Block + 3, 2 * Block + 3), (Block + 5, 3 * Block), (3 * Block, Block + 5),
    ];

    public static IEnumerable<TheoryDataRow<bool, string, int, long, long>> Cases =>
        from causal in new[] { false, true }
        from mask in Masks
        from rank in new[] { 2, 3, 4 }
        from sizes in Lengths
        where sizes.Keys >= 2 || !mask.EndsWith("padding", StringComparison.Ordinal)
        select new TheoryDataRow<bool, string, int, long, long>(causal, mask, rank, sizes.Queries, sizes.Keys);

    [Theory]
    [MemberData(nameof(Cases))]
    public void EqualsAllPairs(bool causal, string maskName, int rank, long l, long s)
    {
        using var scope = NewDisposeScope();
        var kind = Of(causal);
        using var attention = kind.Build();
        var inputs = kind.Inputs(rank, queries: l, keys: s);
        var mask = kind.Mask(maskName, inputs).Mask;

        var linear = Run(inputs, leaves => attention.call(leaves.Query, leaves.Key, leaves.Value, mask));
        var pairs = Run(inputs, leaves => attention.Attend(leaves.Query, leaves.Key, leaves.Value, mask).Context);

        foreach (var (name, expected) in pairs)
            new Close($"float64 sums of {s} terms in another order", 64 * (s + 1) * Close.Epsilon(ScalarType.Float64)).Check(linear[name], expected, name);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ItsGradientIsTheDerivative(bool causal)
    {
        using var scope = NewDisposeScope();
        var kind = Of(causal);
        using var attention = kind.Build();
        var inputs = kind.Inputs(rank: 3, queries: 3, keys: 5).RequiresGrad();
        var upstream = new Data(4).Normal(Sizes.Batch, 3, Sizes.ValueDim);
        var mask = AttentionMask.Padding(2, 5);
        GradCheck.Check(() => (attention.call(inputs.Query, inputs.Key, inputs.Value, mask) * upstream).sum(), [.. inputs.Named]);
    }

    /// <summary>A masked key may hold anything, in the linear way too.</summary>
    [Theory]
    [InlineData(false, double.NaN)]
    [InlineData(true, double.NaN)]
    [InlineData(false, double.PositiveInfinity)]
    [InlineData(true, double.NegativeInfinity)]
    public void PoisonNeverSpreads(bool causal, double poison)
    {
        using var scope = NewDisposeScope();
        var kind = Of(causal);
        using var attention = kind.Build();
        var inputs = kind.Inputs(rank: 3);
        var mask = AttentionMask.Padding(4, 0);
        var unreachable = MaskKind.Tabulate((batch, _, j) => batch[0] == 1 || j >= 4, [Sizes.Batch], 1, Sizes.Keys).transpose(-2, -1);
        var poisoned = inputs with { Key = inputs.Key.Fill(unreachable, poison), Value = inputs.Value.Fill(unreachable, poison) };

        var clean = Run(inputs, leaves => attention.call(leaves.Query, leaves.Key, leaves.Value, mask));
        var actual = Run(poisoned, leaves => attention.call(leaves.Query, leaves.Key, leaves.Value, mask));

        foreach (var (name, expected) in clean)
        {
            Assert.All(expected.Numbers, number => Assert.True(double.IsFinite(number)));
            Close.Exact.Check(actual[name], expected, name);
        }
        Rules.Every.IsZero(clean["context"].Row([1], 0), "a context without keys");
    }

    /// <summary>The sums run in float32, so a long text loses no more than its last rounding.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void HalfPrecisionSumsInFloat32(bool causal)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var kind = Of(causal);
        using var attention = kind.Build(ScalarType.BFloat16);
        var half = kind.Inputs(rank: 2, ScalarType.BFloat16, queries: 1009, keys: 1009);
        var (query, key, value) = half.To(ScalarType.Float64);
        var context = attention.call(half.Query, half.Key, half.Value);
        // The features of a key are rounded once, the context once; both move a mean of values by half a place of the largest.
        var close = new Close("two roundings to bfloat16", 0, Close.Epsilon(ScalarType.BFloat16));
        close.Check(context, attention.call(query, key, value), "context");
    }

    /// <summary>Features that underflow leave a zero, not 0 / 0, and finite gradients.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void FeaturesMayUnderflow(bool causal)
    {
        using var scope = NewDisposeScope();
        using var attention = new LinearAttention(3, 3, 5, causal);
        var inputs = new Data(31).Normal(ScalarType.Float32, 5, 3);
        var low = new Inputs(inputs, inputs.Plus(-200), new Data(32).Normal(ScalarType.Float32, 5, 5));
        foreach (var run in new[] { Run(low, leaves => attention.call(leaves.Query, leaves.Key, leaves.Value)), Run(low, leaves => attention.Attend(leaves.Query, leaves.Key, leaves.Value).Context) })
        {
            Rules.Every.IsZero(run["context"].Numbers, "a context without weight");
            Assert.All(run.Values, grid => Assert.All(grid.Numbers, number => Assert.True(double.IsFinite(number))));
        }
    }

    /// <summary>elu(x) + 1 to the last place, where adding 1 to exp(x) - 1 would leave nothing of a small exp(x); slope 1 at zero.</summary>
    [Fact]
    public void SmallFeaturesKeepTheirPlaces()
    {
        using var scope = NewDisposeScope();
        var x = tensor(new[] { -30f, -1, 0, 2 }, device: CPU).requires_grad_();
        var features = FeatureScore.Features(x);
        features.sum().backward();
        new Close("a few units of float32's last place", 0, 4 * Close.Epsilon(ScalarType.Float32)).Check(
            features.log(), new Grid([4], [-30, -1, 0, Math.Log(3)]), "logarithms");
        Close.Reordered(ScalarType.Float32).Check(x.grad!, new Grid([4], [Math.Exp(-30), Math.Exp(-1), 1, 1]), "slopes");
    }

    /// <summary>Parts of a text one after the other give what the whole does, gradients too.</summary>
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void ContinuingEqualsOneCall(int rank)
    {
        using var scope = NewDisposeScope();
        var kind = Of(causal: true);
        using var attention = (LinearAttention)kind.Build();
        var l = Block + 7;
        var inputs = kind.Inputs(rank, queries: l, keys: l);
        var whole = Run(inputs, leaves => attention.call(leaves.Query, leaves.Key, leaves.Value));
        foreach (var parts in new[] { [.. Enumerable.Repeat(1L, (int)l)], new[] { Block, 7 }, [0, 3, Block + 4] })
        {
            var steps = Run(inputs, leaves =>
            {
                Tensor? state = null;
                var contexts = new List<Tensor>();
                var (queries, keys, values) = (leaves.Query.split(parts, -2), leaves.Key.split(parts, -2), leaves.Value.split(parts, -2));
                for (var n = 0; n < parts.Length; n++)
                {
                    (var context, state) = attention.Continue(queries[n], keys[n], values[n], state);
                    contexts.Add(context);
                }
                return cat(contexts, -2);
            });
            foreach (var (name, expected) in whole)
                new Close("sums of at most 100 terms in another order", 64 * 100 * Close.Epsilon(ScalarType.Float64)).Check(steps[name], expected, name);
        }
    }

    [Fact]
    public void ContinuingChecksItsArguments()
    {
        using var scope = NewDisposeScope();
        using var attention = new LinearAttention(11, 11, 17, causal: true);
        var (query, key, value) = Of(causal: true).Inputs(rank: 3, ScalarType.Float32, keys: Sizes.Queries);
        var (_, state) = attention.Continue(query, key, value);
        Assert.Equal([Sizes.Batch, 11, 18], state.shape);
        var (shortQuery, shortValue) = (query.narrow(1, 0, 3), value.narrow(1, 0, 3));
        Errors.Rejected.Check("key", () => attention.Continue(shortQuery, key, value));
        Errors.Rejected.Check("value", () => attention.Continue(query, key, shortValue));
        foreach (var wrong in new[] { state.narrow(0, 0, 1), state.narrow(1, 0, 10), state.narrow(2, 0, 17), state.to(ScalarType.Float64), state.to(new Device(DeviceType.META)), state[0] })
            Errors.Rejected.Check("state", () => attention.Continue(query, key, value, wrong));
        using var all = new LinearAttention(11, 11, 17);
        Assert.Throws<InvalidOperationException>(() => all.Continue(query, key, value));
        NoLeaks.Leaves(2, () => attention.Continue(query, key, value, state), "Continue");
    }

    /// <summary>No table of all pairs is made: 65,536 queries and keys would need one of 16 GB.</summary>
    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void LongTextsFitInMemory(bool causal, bool masked)
    {
        using var scope = NewDisposeScope();
        const long l = 65_536;
        using var attention = new LinearAttention(2, 2, 1, causal);
        var inputs = new Data(33).Normal(ScalarType.Float32, 2, 2).repeat(l / 2, 1);
        var value = ones(l, 1, dtype: ScalarType.Float32, device: CPU);
        var mask = AttentionMask.Padding(l);
        var mean = attention.call(inputs, inputs, value, masked ? AttentionMask.Causal & mask : mask);
        Close.Reordered(ScalarType.Float32).Check(mean, value, "the mean of ones");
    }

    private static Kind Of(bool causal) => Kind.Of(causal ? "linear causal" : "linear");

    private static Dictionary<string, Grid> Run(Inputs inputs, Func<Inputs, Tensor> attend)
    {
        using var scope = NewDisposeScope();
        var leaves = inputs.Copy().RequiresGrad();
        var context = attend(leaves);
        context.backward([new Data(6).Normal(context.dtype, context.shape)]);
        var result = leaves.Named.ToDictionary(entry => "gradient of " + entry.Name, entry => entry.Leaf.grad is { } gradient ? Grid.Of(gradient) : Grid.Zeros(entry.Leaf.shape));
        result["context"] = Grid.Of(context);
        return result;
    }
}
