using TorchAttention.Tests.Support;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Normalizers;

/// <summary>A normalizer used alone.</summary>
public class NormalizerTests
{
    private static readonly Dictionary<string, Func<Normalizer>> All = new()
    {
        ["softmax"] = () => new Softmax(),
        ["sparsemax"] = () => new Sparsemax(),
        ["entmax-1.5"] = () => new Entmax15(),
        ["entmax"] = () => new Entmax(1.3),
        ["entmax, learnable"] = () => new Entmax(1.7, learnable: true),
        ["entmax-2.5"] = () => new Entmax(2.5),
        ["top-k"] = () => new TopK(3),
        ["sink"] = () => new AttentionSink(1),
        ["sink of sparsemax"] = () => new AttentionSink(1, new Sparsemax()),
        ["straight-through"] = () => new StraightThrough(0.5),
        ["gumbel"] = () => new Gumbel(0.5, scores => zeros_like(scores)),
        ["reinforce"] = () => new Reinforce(0, scores => zeros_like(scores)),
        ["top-k marginal"] = () => new TopKMarginal(3),
        ["expectation"] = () => new Expectation(),
    };

    public static IEnumerable<TheoryDataRow<string, bool, ScalarType>> Product =>
        from name in All.Keys
        from training in new[] { false, true }
        from dtype in new[] { ScalarType.Float64, ScalarType.Float32, ScalarType.BFloat16 }
        select new TheoryDataRow<string, bool, ScalarType>(name, training, dtype);

    public static IEnumerable<TheoryDataRow<string>> Names => All.Keys.Select(name => new TheoryDataRow<string>(name));

    /// <summary>Absent is what is not allowed or minus infinity; NaN there does not matter; a row of nothing is zero.</summary>
    [Theory]
    [MemberData(nameof(Product))]
    public void AbsentEntriesGetNothing(string name, bool training, ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        using var normalizer = All[name]();
        normalizer.train(training);
        var data = new Data(18);
        var allowed = data.Bool(0.6, 5, 7);
        allowed[2] = tensor(false, dtype: ScalarType.Bool, device: CPU);
        var scores = data.Normal(dtype, 2, 5, 7);
        foreach (var filler in new[] { double.NaN, double.PositiveInfinity, double.NegativeInfinity, 1e30 })
        {
            var filled = scores.Fill(allowed.logical_not(), filler).requires_grad_();
            var weights = normalizer.call(filled, allowed);
            Assert.Equal(dtype, weights.dtype);
            Close.Exact.Check(weights.Fill(allowed, 0), zeros_like(scores), "weights of what is not allowed");
            if (!Leaks(name)) Close.Reordered(dtype).Check(weights.sum(-1), allowed.any(-1).to(dtype).expand(2, 5), "sums");
            if (!weights.requires_grad) continue; // a choice has none
            weights.Squared().sum().backward();
            Assert.True(filled.grad!.isfinite().all().item<bool>(), "a gradient is not finite");
            Close.Exact.Check(filled.grad.Fill(allowed, 0), zeros_like(scores), "gradient of what is not allowed");
        }

        var forbidden = scores.Fill(allowed.logical_not(), double.NegativeInfinity);
        Close.Exact.Check(normalizer.call(forbidden, null), normalizer.call(scores, allowed), "weights");
    }

    /// <summary>The weights of what is absent are no part of the result: whatever is made of them, nothing comes back.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void AbsentEntriesPassNoGradient(string name)
    {
        using var scope = NewDisposeScope();
        using var normalizer = All[name]();
        var data = new Data(18);
        var allowed = data.Bool(0.6, 5, 7);
        var scores = data.Normal(ScalarType.Float32, 2, 5, 7);
        var upstream = data.Normal(ScalarType.Float32, 2, 5, 7);
        foreach (var masked in new[] { true, false })
        {
            var leaf = (masked ? scores : scores.Fill(allowed.logical_not(), double.NegativeInfinity)).detach().requires_grad_();
            var weights = normalizer.call(leaf, masked ? allowed : null);
            if (!weights.requires_grad) continue; // a choice has none
            weights.backward([upstream.Fill(allowed.logical_not(), double.NaN)]);
            Assert.True(leaf.grad!.isfinite().all().item<bool>(), "a gradient is not finite");
        }
    }

    /// <summary>Half precision costs one rounding of the result, because the distribution is computed in float32.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void HalfPrecisionIsRoundedOnce(string name)
    {
        using var scope = NewDisposeScope();
        using var normalizer = All[name]();
        var scores = new Data(18).Normal(ScalarType.BFloat16, 5, 101);
        var precise = normalizer.call(scores.to(ScalarType.Float32), null);
        Close.Exact.Check(normalizer.call(scores, null), precise.to(ScalarType.BFloat16), "weights");
    }

    /// <summary>The promise to normalizers of one's own: float32 or float64, and an entry in every row.</summary>
    [Theory]
    [InlineData(ScalarType.Float64)]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    public void OwnNormalizersSeeNoEmptyRow(ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        using var first = new FirstPresent();
        var allowed = new Data(18).Bool(0.4, 5, 7);
        allowed[2] = tensor(false, dtype: ScalarType.Bool, device: CPU);
        var expected = Grid.Of(allowed.to(ScalarType.Float64));
        for (var i = 0L; i < 5; i++)
        {
            var row = expected.Row([], i);
            var found = row.IndexOf(1);
            row.Clear();
            if (found >= 0) row[found] = 1;
        }
        Close.Exact.Check(first.call(new Data(19).Normal(dtype, 5, 7), allowed), expected, "weights");
    }

    /// <summary>Also of what returns its scores as they are.</summary>
    [Fact]
    public void TheCallersScoresStayTheCallers()
    {
        using var scope = NewDisposeScope();
        using var normalizer = new Identity();
        var scores = new Data(18).Normal(5, 7);
        normalizer.call(scores, null).Dispose();
        Assert.False(scores.IsInvalid);
    }

    [Theory]
    [MemberData(nameof(Product))]
    public void HugeScoresStayFinite(string name, bool training, ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        using var normalizer = All[name]();
        normalizer.train(training);
        var weights = normalizer.call(new Data(18).Normal(dtype, 5, 7).Times(1e30), null);
        if (!Leaks(name)) Assert.All(Grid.Of(weights.sum(-1)).Numbers, sum => Assert.Equal(1, sum, 0.01));
        Assert.All(Grid.Of(weights).Numbers, weight => Assert.InRange(weight, 0, 1));
    }

    /// <summary>Hard ones choose in eval mode; in training expectation and top-k marginal mix.</summary>
    [Theory]
    [MemberData(nameof(Product))]
    public void ChoicesAreWhole(string name, bool training, ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        using var normalizer = All[name]();
        normalizer.train(training);
        var whole = normalizer is HardEstimator && !(training && name is "expectation" or "top-k marginal");
        var weights = Grid.Of(normalizer.call(new Data(18).Normal(dtype, 5, 7), null)).Numbers;
        Assert.Equal(whole, weights.All(weight => weight is 0 or 1));
    }

    /// <summary>The first of equal scores are the likeliest, among so many that a sort need not keep their order by itself.</summary>
    [Fact]
    public void TopKMarginalKeepsTheFirstOfEqualScores()
    {
        using var scope = NewDisposeScope();
        using var normalizer = new TopKMarginal(4);
        var expected = Grid.Zeros(5, 1009);
        for (var i = 0L; i < 5; i++) expected.Row([], i).Slice(7, 4).Fill(0.25);
        var scores = zeros(5, 1009, dtype: ScalarType.Float64, device: CPU).Fill(Numbers.Range(0, 1009, ScalarType.Int64, CPU).AtMost(6), -1);
        Close.Exact.Check(normalizer.call(scores, null), expected, "weights");
    }

    [Theory]
    [MemberData(nameof(Product))]
    public void NothingStaysNothing(string name, bool training, ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        using var normalizer = All[name]();
        normalizer.train(training);
        foreach (var shape in new long[][] { [5, 0], [0, 7], [0, 5, 7], [2, 0, 0] })
            Assert.Equal(shape, normalizer.call(new Data(18).Normal(dtype, shape), null).shape);
    }

    /// <summary>A sink takes a share of the weight.</summary>
    private static bool Leaks(string name) => name.StartsWith("sink", StringComparison.Ordinal);

    private sealed class Identity : Normalizer
    {
        internal Identity()
            : base(nameof(Identity)) => RegisterComponents();

        protected override Tensor Normalize(Tensor scores) => scores;
    }

    /// <summary>All weight on the first entry that is not minus infinity.</summary>
    private sealed class FirstPresent : Normalizer
    {
        internal FirstPresent()
            : base(nameof(FirstPresent)) => RegisterComponents();

        protected override Tensor Normalize(Tensor scores)
        {
            Assert.True(scores.dtype is ScalarType.Float32 or ScalarType.Float64, $"scores in {scores.dtype}");
            var present = scores.Is(double.NegativeInfinity).logical_not();
            Assert.True(present.any(-1).all().item<bool>(), "a row is empty");
            return present.logical_and(present.to(ScalarType.Int64).cumsum(-1).Is(1)).to(scores.dtype);
        }
    }
}
