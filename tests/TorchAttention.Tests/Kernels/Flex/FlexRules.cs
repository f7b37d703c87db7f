using TorchAttention.Tests.Support;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Kernels.Flex;

/// <summary>The house rules in the flexible kernel.</summary>
public class FlexRules
{
    private static readonly FlexSizes Sizes = new(2, 2, 2, 101, 203, 11, 23);

    public static IEnumerable<TheoryDataRow<int, ScalarType>> Lengths =>
        from queries in new[] { 1, 3, 101 }
        from dtype in new[] { ScalarType.Float32, ScalarType.BFloat16 }
        select new TheoryDataRow<int, ScalarType>(queries, dtype);

    /// <summary>A key that nobody may attend to may hold anything, in the middle of a tile and in one of its own.</summary>
    [Theory]
    [MemberData(nameof(Lengths))]
    public void PoisonNeverSpreads(int queries, ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        var data = new Data(41);
        var sizes = Sizes with { Queries = queries };
        var (query, key, value) = sizes.Inputs(data, dtype);
        var allowed = data.Bool(0.7, sizes.Batch, 1, queries, sizes.Keys);
        var reachable = allowed.any(-2).logical_and(data.Bool(0.8, sizes.Batch, 1, sizes.Keys)); // (b, 1, s)
        allowed = allowed.logical_and(reachable.unsqueeze(-2));
        var unreachable = reachable.logical_not().unsqueeze(-1); // (b, 1, s, 1)
        Assert.True(unreachable.any().item<bool>(), "the mask leaves no key out");
        var c = data.Normal(dtype, sizes.Batch, sizes.Heads, queries, sizes.ValueSize);

        var clean = Run(key, value);
        foreach (var poison in new[] { double.NaN, double.PositiveInfinity, double.NegativeInfinity })
        {
            var poisoned = Run(key.Fill(unreachable, poison), value.Fill(unreachable, poison));
            for (var n = 0; n < clean.Length; n++)
            {
                Assert.True(clean[n].isfinite().all().item<bool>(), $"{n} is not finite");
                Close.Exact.Check(poisoned[n], clean[n], $"{n} with {poison}");
            }
        }

        Tensor[] Run(Tensor keys, Tensor values)
        {
            var leaves = new[] { query, keys, values }.Select(leaf => leaf.detach().clone().requires_grad_()).ToArray();
            var context = FlexAttention.Attend(leaves[0], leaves[1], leaves[2], new AllowModification(allowed));
            (context * c).sum().backward();
            var (weights, choices) = (
                FlexAttention.AttendInFull(leaves[0], leaves[1], leaves[2], new AllowModification(allowed)).Weights,
                FlexAttention.Choose(leaves[0], leaves[1], leaves[2], new AllowModification(allowed)));
            using var noGraph = no_grad();
            var plain = FlexAttention.Attend(leaves[0], leaves[1], leaves[2], new AllowModification(allowed));
            return [context, .. leaves.Select(leaf => leaf.grad!), weights, choices.Context, choices.Choices, plain];
        }
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void AnEmptyRowIsZero(int queries, ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        var sizes = Sizes with { Queries = queries };
        var inputs = sizes.Inputs(new Data(42), dtype);
        var leaves = new[] { inputs.Query, inputs.Key, inputs.Value }.Select(leaf => leaf.requires_grad_()).ToArray();
        var (context, weights, logSumExp) = FlexAttention.AttendInFull(leaves[0], leaves[1], leaves[2], new PaddingModification(0, 0));
        var alone = FlexAttention.Attend(leaves[0], leaves[1], leaves[2], new PaddingModification(0, 0));
        Numbers.Sum(Numbers.Sum(context.sum(), weights.sum()), alone.sum()).backward();
        using var noGraph = no_grad();
        var plain = FlexAttention.Attend(leaves[0], leaves[1], leaves[2], new PaddingModification(0, 0));
        foreach (var zero in new[] { context, alone, plain, weights, leaves[0].grad!, leaves[1].grad!, leaves[2].grad! })
            Close.Exact.Check(zero, zeros_like(zero), "nothing");
        Assert.True(logSumExp.Is(double.NegativeInfinity).all().item<bool>());
        var choices = FlexAttention.Choose(leaves[0], leaves[1], leaves[2], new PaddingModification(0, 0));
        Close.Exact.Check(choices.Context, zeros_like(context), "chosen context");
        Assert.True(choices.Choices.Is(-1).all().item<bool>());
    }

    /// <summary>b, l and s may be 0; one key gets all the weight.</summary>
    [Fact]
    public void EdgeSizes()
    {
        using var scope = NewDisposeScope();
        foreach (var sizes in new[] { Sizes with { Batch = 0 }, Sizes with { Queries = 0 }, Sizes with { Keys = 0 }, Sizes with { Keys = 0, Queries = 1 } })
        {
            var (query, key, value) = sizes.Inputs(new Data(43));
            var leaves = new[] { query, key, value }.Select(leaf => leaf.requires_grad_()).ToArray();
            var context = FlexAttention.Attend(query, key, value, new CausalModification());
            Assert.Equal([sizes.Batch, sizes.Heads, sizes.Queries, sizes.ValueSize], context.shape);
            Close.Exact.Check(context, zeros_like(context), "context");
            context.sum().backward();
            foreach (var leaf in leaves) Close.Exact.Check(leaf.grad!, zeros_like(leaf), "gradient");
            Assert.Equal(sizes.Queries, FlexAttention.AttendInFull(query, key, value, new NoModification()).Weights.size(-2));
            Assert.Equal(sizes.Queries, FlexAttention.Choose(query, key, value, new NoModification()).Choices.size(-1));
        }
        foreach (var queries in new[] { 1, 13 })
        {
            var (query, key, value) = (Sizes with { Keys = 1, Queries = queries }).Inputs(new Data(44));
            var (context, weights, _) = FlexAttention.AttendInFull(query, key, value, new NoModification());
            var close = new Close("an exponential times its reciprocal, three roundings", 0, 2 * Close.Epsilon(ScalarType.Float32));
            close.Check(weights, ones_like(weights), "weights");
            close.Check(context, Grid.Of(value.repeat_interleave(2, 1).expand_as(context)), "context");
        }
    }

    /// <summary>The same numbers in any layout, with NaN between them that a stray read would bring in.</summary>
    [Theory]
    [MemberData(nameof(Lengths))]
    public void StridesDoNotMatter(int queries, ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        var data = new Data(45);
        var sizes = Sizes with { Queries = queries, Depth = 32, ValueSize = 16 };
        var (query, key, value) = sizes.Inputs(data, dtype);
        var c = data.Normal(dtype, sizes.Batch, sizes.Heads, queries, sizes.ValueSize);
        var expected = Run(query, key, value, c);
        foreach (var layout in new Func<Tensor, Tensor>[] { Apart, HeadsLast, Transposed })
        {
            var actual = Run(layout(query), layout(key), layout(value), layout(c));
            for (var n = 0; n < expected.Length; n++) Close.Exact.Check(actual[n], expected[n], $"{n} of {layout.Method.Name}");
        }

        static Tensor[] Run(Tensor query, Tensor key, Tensor value, Tensor c)
        {
            var leaves = new[] { query, key, value }.Select(leaf => leaf.detach().requires_grad_()).ToArray();
            var (context, weights, _) = FlexAttention.AttendInFull(leaves[0], leaves[1], leaves[2], new CausalModification());
            context.backward([c]);
            var alone = FlexAttention.Attend(leaves[0], leaves[1], leaves[2], new CausalModification());
            var choices = FlexAttention.Choose(leaves[0], leaves[1], leaves[2], new CausalModification());
            using var noGraph = no_grad();
            var plain = FlexAttention.Attend(leaves[0], leaves[1], leaves[2], new CausalModification());
            return [context, weights, alone, .. leaves.Select(leaf => leaf.grad!), choices.Context, choices.Choices, plain];
        }

        static Tensor Apart(Tensor tensor)
        {
            var (b, h, l, d) = (tensor.size(0), tensor.size(1), tensor.size(2), tensor.size(3));
            var canaries = full([b + 2, h + 2, l + 2, d + 2], double.NaN, dtype: tensor.dtype, device: CPU);
            var inside = canaries.narrow(0, 1, b).narrow(1, 1, h).narrow(2, 1, l).narrow(3, 1, d);
            inside.copy_(tensor);
            return inside;
        }

        static Tensor HeadsLast(Tensor tensor) => tensor.transpose(1, 2).contiguous().transpose(1, 2);

        static Tensor Transposed(Tensor tensor) => tensor.transpose(-2, -1).contiguous().transpose(-2, -1);
    }

    /// <summary>Ranks two to four, one batch item or head for all.</summary>
    [Fact]
    public void Broadcasts()
    {
        using var scope = NewDisposeScope();
        var (query, key, value) = new FlexSizes(2, 3, 1, 13, 31, 8, 16).Inputs(new Data(46));
        var expected = FlexAttention.Attend(query, key[..1].expand_as(key), value, new NoModification());
        Close.Exact.Check(FlexAttention.Attend(query, key[..1], value, new NoModification()), expected, "one batch item");
        expected = FlexAttention.Attend(query[.., ..1].expand_as(query), key, value, new NoModification());
        Close.Exact.Check(FlexAttention.Attend(query[.., ..1], key, value, new NoModification()), expected, "one head");
        expected = FlexAttention.Attend(query, key, value, new NoModification());
        Close.Exact.Check(FlexAttention.Attend(query[0, 0], key[0, 0], value[0, 0], new NoModification()), expected[0, 0], "two dimensions");
        Close.Exact.Check(FlexAttention.Attend(query[0], key[0], value[0], new NoModification()), expected[0], "three dimensions");
    }

    /// <summary>bfloat16 is read and written; between, sums are float32's: as good as float32 rounded once.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(97)]
    public void HalfPrecisionIsRoundedOnce(int queries)
    {
        using var scope = NewDisposeScope();
        var (query, key, value) = (Sizes with { Queries = queries }).Inputs(new Data(47), ScalarType.BFloat16);
        var (context, weights, _) = FlexAttention.AttendInFull(query, key, value, new CausalModification());
        var precise = FlexAttention.AttendInFull(
            query.to(ScalarType.Float32), key.to(ScalarType.Float32), value.to(ScalarType.Float32), new CausalModification());
        Assert.Equal(ScalarType.BFloat16, context.dtype);
        Close.Exact.Check(context, precise.Context.to(ScalarType.BFloat16), "context");
        Close.Exact.Check(weights, precise.Weights.to(ScalarType.BFloat16), "weights");
    }

    /// <summary>So are the gradients of bfloat16, but for the context, which backward reads rounded.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(97)]
    public void HalfPrecisionGradientsAreRoundedOnce(int queries)
    {
        using var scope = NewDisposeScope();
        var data = new Data(54);
        var (query, key, value) = (Sizes with { Queries = queries }).Inputs(data, ScalarType.BFloat16);
        var c = data.Normal(ScalarType.BFloat16, Sizes.Batch, Sizes.Heads, queries, Sizes.ValueSize);
        var actual = Gradients(ScalarType.BFloat16);
        var precise = Gradients(ScalarType.Float32);
        for (var n = 0; n < actual.Length; n++)
        {
            Assert.Equal(ScalarType.BFloat16, actual[n].dtype);
            var expected = Grid.Of(precise[n]);
            var epsilon = Close.Epsilon(ScalarType.BFloat16);
            new Close("a rounding to bfloat16, and that of the context in δ", epsilon * expected.Largest, epsilon).Check(actual[n], expected, $"gradient {n}");
        }

        Tensor[] Gradients(ScalarType dtype)
        {
            var leaves = new[] { query, key, value }.Select(leaf => leaf.detach().to(dtype).requires_grad_()).ToArray();
            FlexAttention.Attend(leaves[0], leaves[1], leaves[2], new CausalModification()).backward([c.to(dtype)]);
            return [.. leaves.Select(leaf => leaf.grad!)];
        }
    }

    /// <summary>The chosen key has the largest weight, and is the first of equal ones.</summary>
    [Fact]
    public void ChoosesTheFirstOfTheLargest()
    {
        using var scope = NewDisposeScope();
        var data = new Data(48);
        foreach (var queries in new[] { 1, 101 })
        {
            var (query, key, value) = (Sizes with { Queries = queries }).Inputs(data);
            key = cat([key, key], 2)[.., .., ..203]; // key 102 … 202 are 0 … 100 again, in another tile
            key[.., .., 101..] = key[.., .., ..102].clone();
            var scores = FlexAttention.AttendInFull(query, key, value, new CausalModification()).Weights;
            var (context, choices) = FlexAttention.Choose(query, key, value, new CausalModification());
            var expected = scores.argmax(-1);
            Close.Exact.Check(choices, expected, "choices");
            var rows = value.repeat_interleave(2, 1).gather(2, expected.unsqueeze(-1).expand(-1, -1, -1, value.size(-1)));
            Close.Exact.Check(context, rows, "context");
        }
    }

    /// <summary>A logit of minus infinity is a sink that takes nothing.</summary>
    [Theory]
    [InlineData(2)]
    [InlineData(101)]
    public void ASinkMayBeClosed(int queries)
    {
        using var scope = NewDisposeScope();
        var sizes = Sizes with { Queries = queries };
        var (query, key, value) = sizes.Inputs(new Data(50));
        var sink = full(sizes.Heads, double.NegativeInfinity, dtype: ScalarType.Float32, device: CPU);
        Close.Exact.Check(
            FlexAttention.Attend(query, key, value, new CausalModification(), new FlexOptions { Sink = sink }),
            FlexAttention.Attend(query, key, value, new CausalModification()), "context");
    }

    /// <summary>Heads that only the values have are heads.</summary>
    [Fact]
    public void ASinkMayMeetHeadsOfTheValuesAlone()
    {
        using var scope = NewDisposeScope();
        var data = new Data(51);
        using var attention = new SoftAttention(new DotScore(), new AttentionSink(1));
        Tensor Make(params long[] shape) => data.Normal(ScalarType.Float32, shape);
        var (query, key, value) = (Make(1, 3, 8), Make(1, 5, 8), Make(4, 5, 6));
        var actual = attention.call(query, key, value);
        attention.to(ScalarType.Float64);
        var expected = attention.call(query.to(ScalarType.Float64), key.to(ScalarType.Float64), value.to(ScalarType.Float64));
        Close.Reordered(ScalarType.Float32).Check(actual, expected.to(ScalarType.Float32), "context");
    }

    [Fact]
    public void LeavesOneTensorPerResult()
    {
        using var scope = NewDisposeScope();
        var (query, key, value) = Sizes.Inputs(new Data(49));
        foreach (var isLearning in new[] { false, true })
        {
            query.requires_grad_(isLearning);
            NoLeaks.Leaves(1, () => FlexAttention.Attend(query, key, value, new CausalModification()), "Attend");
            NoLeaks.Leaves(3, () => FlexAttention.AttendInFull(query, key, value, new CausalModification()), "AttendInFull");
            NoLeaks.Leaves(2, () => FlexAttention.Choose(query, key, value, new CausalModification()), "Choose");
        }
    }

    [Fact]
    public void WorksWithoutAGraph()
    {
        using var scope = NewDisposeScope();
        var (query, key, value) = Sizes.Inputs(new Data(50));
        query.requires_grad_();
        var expected = FlexAttention.Attend(query, key, value, new CausalModification());
        Assert.True(expected.requires_grad);
        using (no_grad())
        {
            var context = FlexAttention.Attend(query, key, value, new CausalModification());
            Assert.False(context.requires_grad);
            Close.Exact.Check(context, expected, "context under no_grad");
        }
        using (inference_mode())
        {
            var context = FlexAttention.Attend(query, key, value, new CausalModification());
            Close.Exact.Check(context, expected, "context under inference_mode");
        }
    }

    /// <summary>A graph of the gradients has the right numbers, and says that it cannot be followed back.</summary>
    [Fact]
    public void ASecondBackwardFailsClearly()
    {
        using var scope = NewDisposeScope();
        var (query, key, value) = Sizes.Inputs(new Data(53));
        var leaves = new[] { query, key, value }.Select(leaf => leaf.requires_grad_()).ToArray();
        var context = FlexAttention.Attend(query, key, value, new CausalModification());
        var c = ones_like(context);
        var expected = autograd.grad([context], leaves, [c], retain_graph: true);
        var gradients = autograd.grad([context], leaves, [c], retain_graph: true, create_graph: true);
        for (var n = 0; n < leaves.Length; n++)
        {
            Close.Exact.Check(gradients[n], expected[n], $"gradient {n}");
            var exception = Assert.ThrowsAny<Exception>(() => gradients[n].sum().backward());
            Assert.Contains("derivative", exception.Message);
            Assert.Contains("not implemented", exception.Message);
        }
    }

    /// <summary>Asking for weights changes nothing, at sizes where both take the same path.</summary>
    [Fact]
    public void WeightsDoNotChangeTheContext()
    {
        using var scope = NewDisposeScope();
        var (query, key, value) = Sizes.Inputs(new Data(51));
        Close.Exact.Check(
            FlexAttention.AttendInFull(query, key, value, new CausalModification()).Context,
            FlexAttention.Attend(query, key, value, new CausalModification()), "context");
    }

    /// <summary>A share of p of the weights is dropped, and none depends on what else is in the batch.</summary>
    [Fact]
    public void DropoutDropsItsShare()
    {
        using var scope = NewDisposeScope();
        var sizes = new FlexSizes(1, 2, 1, 199, 211, 8, 211);
        var (query, key, _) = sizes.Inputs(new Data(52));
        var identity = eye(211, dtype: ScalarType.Float32, device: CPU).expand(1, 2, 211, 211); // the context is the weights
        var options = new FlexOptions { Dropout = 0.25, Seed = 7 };
        var kept = FlexAttention.Attend(query, key, identity, new NoModification(), options).Is(0).logical_not();
        var count = 2 * 199 * 211;
        var share = Grid.Of(kept.to(ScalarType.Float64)).Numbers.Sum() / count;
        Assert.Equal(0.75, share, 5 * Math.Sqrt(0.25 * 0.75 / count)); // five standard deviations
        var other = FlexAttention.Attend(query, key, identity, new NoModification(), options with { Seed = 8 }).Is(0).logical_not();
        var both = Grid.Of(kept.logical_and(other).to(ScalarType.Float64)).Numbers.Sum() / count;
        Assert.Equal(0.75 * 0.75, both, 5 * Math.Sqrt(0.25 / count));
        // One query goes the way of a decoder's step.
        var one = FlexAttention.Attend(query[.., .., 198..], key, identity, new NoModification(), options).Is(0).logical_not();
        Assert.Equal(0.75, Grid.Of(one.to(ScalarType.Float64)).Numbers.Sum() / (2 * 211), 5 * Math.Sqrt(0.25 * 0.75 / (2 * 211)));
    }
}
