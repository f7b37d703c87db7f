using TorchAttention.Tests.Support;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Attentions;

/// <summary>What is peculiar to a head that only moves on.</summary>
public class MonotonicTests
{
    private static readonly Close Rounding = Close.Reordered(ScalarType.Float64);

    public static IEnumerable<TheoryDataRow<string, int>> Cases =>
        from kind in Kind.All
        where kind.Create() is MonotonicAttention
        from rank in new[] { 2, 3, 4 }
        select new TheoryDataRow<string, int>(kind.Name, rank);

    /// <summary>A decoder's steps give what one call gives, gradients too.</summary>
    [Theory]
    [MemberData(nameof(Cases))]
    public void StepsEqualOneCall(string kindName, int rank)
    {
        using var scope = NewDisposeScope();
        var kind = Kind.Of(kindName);
        using var attention = (MonotonicAttention)kind.Build();
        var inputs = kind.Inputs(rank);
        var mask = rank == 2 ? AttentionMask.Padding(4) : AttentionMask.Padding(4, Sizes.Keys);
        var bias = AttentionBias.Dense(new Data(8).Normal(1, Sizes.Keys));

        var whole = Rules.Every.Run(attention, inputs, leaves =>
            attention.Attend(leaves.Query, attention.Prepare(leaves.Key, leaves.Value, mask), previous: null, bias: bias));
        foreach (var parts in new long[][] { [1, 1, 1, 1, 1], [2, 3], [1, 4] })
        {
            var steps = Rules.Every.Run(attention, inputs, leaves =>
            {
                var memory = attention.Prepare(leaves.Key, leaves.Value, mask);
                var outputs = new List<AttentionOutput>();
                foreach (var query in leaves.Query.split(parts, -2))
                    outputs.Add(attention.Attend(query, memory, outputs.LastOrDefault()?.Alignment, bias: bias));
                return new AttentionOutput(
                    cat([.. outputs.Select(output => output.Context)], -2), cat([.. outputs.Select(output => output.Weights)], -2));
            });
            Rules.Every.AreEqual(Rounding, steps, whole);
        }
    }

    /// <summary>Where no chunk shares the weights they are the alignment; where one does, they sum to the same.</summary>
    [Theory]
    [MemberData(nameof(Cases))]
    public void WeightsSumToTheAlignment(string kindName, int rank)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var kind = Kind.Of(kindName);
        using var attention = kind.Build();
        var inputs = kind.Inputs(rank);
        using var output = attention.Attend(inputs.Query, inputs.Key, inputs.Value);
        Rounding.Check(output.Weights.sum(-1), output.Alignment!.sum(-1), "sums");
        if (!kindName.StartsWith("chunkwise", StringComparison.Ordinal)) Close.Exact.Check(output.Weights, output.Alignment!, "weights");
    }

    /// <summary>Passing a masked key over is as if it were not there; a chunk counts it, so this is for single keys.</summary>
    [Theory]
    [InlineData("monotonic")]
    [InlineData("monotonic in training")]
    public void MaskingEqualsDeleting(string kindName)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var kind = Kind.Of(kindName);
        using var attention = kind.Build();
        var (query, key, value) = kind.Inputs();
        var kept = tensor(new long[] { 1, 3, 4, 6 }, device: CPU);
        var allowed = zeros(1, Sizes.Keys, dtype: ScalarType.Bool, device: CPU).index_fill(1, kept, true);

        var (context, weights) = attention.Attend(query, key, value, AttentionMask.Allow(allowed));
        var (shorter, shorterWeights) = attention.Attend(query, key.index_select(-2, kept), value.index_select(-2, kept));

        Rounding.Check(context, shorter, "context");
        Rounding.Check(weights.index_select(-1, kept), shorterWeights, "weights");
    }

    /// <summary>The head never goes back, and takes one key or, past the end, none from then on.</summary>
    [Fact]
    public void TheHeadNeverGoesBack()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        const int l = 13, s = 11;
        var ended = 0;
        for (var seed = 0; seed < 100; seed++)
        {
            var rows = Grid.Of(GreedyAlignment.Of(new Data(seed).Normal(l, s).Plus(-0.5), Start(s)));
            var head = 0;
            for (var i = 0; i < l; i++)
            {
                var row = rows.Row([], i).ToArray();
                if (head == s) Assert.All(row, weight => Assert.Equal(0, weight));
                else if (row.Sum() == 0) (head, ended) = (s, ended + 1);
                else
                {
                    Assert.Equal(1, row.Sum());
                    var stop = Array.IndexOf(row, 1);
                    Assert.InRange(stop, head, s - 1);
                    head = stop;
                }
            }
        }
        Assert.InRange(ended, 1, 99);
    }

    /// <summary>Probabilities of zero and one leave a single way, the greedy one, where a division would find 0 / 0.</summary>
    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.Float64)]
    public void SureEnergiesAreExact(ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        var energies = new Data(21).Normal(dtype, 3, 17, 19).sign().Times(1e4).requires_grad_();
        var start = Start(19, dtype);
        var expected = ExpectedAlignment.Of(energies, start);
        Close.Exact.Check(expected, GreedyAlignment.Of(energies, start), "alignment");
        expected.sum().backward();
        Close.Exact.Check(energies.grad!, zeros_like(energies), "gradient");
    }

    /// <summary>A product of a thousand numbers below ½ is zero in any precision; what is divided by it is lost.</summary>
    [Fact]
    public void LongRowsLoseNothing()
    {
        using var scope = NewDisposeScope();
        const int s = 2003;
        var energies = cat([zeros(5, s - 13, device: CPU).Plus(-1e4), ones(5, 13, device: CPU)], -1);
        var row = Grid.Of(ExpectedAlignment.Of(energies, Start(s, ScalarType.Float32))).Row([], 0);
        var p = 1 / (1 + Math.Exp(-1));
        for (var j = 0; j < 13; j++) Assert.Equal(p * Math.Pow(1 - p, j), row[s - 13 + j], 1e-7);
    }

    /// <summary>Cell by cell and by doubling, the two ways that one query can be computed.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(31)]
    public void OneQueryIsTheFirstOfTwo(int s)
    {
        using var scope = NewDisposeScope();
        var data = new Data(22);
        var (energies, start) = (data.Normal(3, 2, s), data.Normal(3, 1, s).softmax(-1));
        var upstream = data.Normal(3, 1, s);
        var one = Run(leaf => leaf.narrow(-2, 0, 1), (aligned, _) => aligned);
        var two = Run(leaf => leaf, (aligned, _) => aligned.narrow(-2, 0, 1));
        foreach (var (name, expected) in two) Rounding.Check(one[name], expected, name);

        Dictionary<string, Grid> Run(Func<Tensor, Tensor> rows, Func<Tensor, Tensor, Tensor> first)
        {
            var (leaf, begin) = (energies.clone().requires_grad_(), start.clone().requires_grad_());
            var aligned = first(ExpectedAlignment.Of(rows(leaf), begin), begin);
            aligned.backward([upstream]);
            return new() { ["alignment"] = Grid.Of(aligned), ["energies"] = Grid.Of(leaf.grad!), ["start"] = Grid.Of(begin.grad!) };
        }
    }

    /// <summary>Every way of the head, in both directions of differentiation: energies and the row before.</summary>
    [Fact]
    public void TheGradientIsTheDerivative()
    {
        using var scope = NewDisposeScope();
        var data = new Data(23);
        var (energies, start, upstream) = (data.Normal(2, 5, 7).requires_grad_(), data.Normal(2, 1, 7).requires_grad_(), data.Normal(2, 5, 7));
        GradCheck.Check(() => (ExpectedAlignment.Of(energies, start) * upstream).sum(), ("energies", energies), ("start", start));
    }

    /// <summary>Asked for with a graph of its own, the gradient has one: second derivatives in energies and in the row before.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void TheGradientHasAGradient(bool startLearns)
    {
        using var scope = NewDisposeScope();
        var data = new Data(25);
        var energies = data.Normal(2, 3, 5).requires_grad_();
        var start = data.Normal(1, 1, 5).softmax(-1).requires_grad_(startLearns);

        GradCheck.Check(Penalty, [("energies", energies), .. startLearns ? new[] { ("start", start) } : []]);

        Tensor Penalty()
        {
            using var mode = enable_grad();
            using var inner = NewDisposeScope();
            var loss = ExpectedAlignment.Of(energies, start).Squared().sum();
            Tensor[] leaves = startLearns ? [energies, start] : [energies];
            var gradients = autograd.grad([loss], leaves, retain_graph: true, create_graph: true);
            return gradients.Select(gradient => gradient.Squared().sum()).Aggregate(Numbers.Sum).MoveToOuterDisposeScope();
        }
    }

    /// <summary>A graph that is kept serves a second backward pass.</summary>
    [Fact]
    public void BackwardRunsTwice()
    {
        using var scope = NewDisposeScope();
        var energies = new Data(24).Normal(2, 5, 7).requires_grad_();
        var loss = ExpectedAlignment.Of(energies, Start(7)).Squared().sum();
        loss.backward(retain_graph: true);
        var once = Grid.Of(energies.grad!);
        loss.backward();
        Rounding.Check(energies.grad!, once with { Numbers = [.. once.Numbers.Select(number => 2 * number)] }, "gradient");
    }

    /// <summary>With scores of zero the head passes e⁻ʳ keys per query.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(-1.5)]
    [InlineData(1)]
    public void TheOffsetSetsThePace(double offset)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        const int s = 1009;
        using var attention = new MonotonicAttention(3, 3, 1, offset: offset, noise: 0);
        attention.to(ScalarType.Float64);
        var zero = zeros(5, 3, dtype: ScalarType.Float64, device: CPU);
        var keys = zeros(s, 3, dtype: ScalarType.Float64, device: CPU);
        var positions = Numbers.Range(0, s, ScalarType.Float64, CPU).unsqueeze(-1);
        var means = attention.call(zero, keys, positions);
        var expected = new Grid([5, 1], [.. Enumerable.Range(1, 5).Select(i => i * Math.Exp(-offset))]);
        new Close("float32 holds the offset", 1e-5).Check(means, expected, "mean position");
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void ChecksWhatItContinues(string kindName, int rank)
    {
        using var scope = NewDisposeScope();
        var kind = Kind.Of(kindName);
        using var attention = (MonotonicAttention)kind.Build();
        var (query, key, value) = kind.Inputs(rank);
        using var memory = attention.Prepare(key, value);
        var good = attention.Attend(query, memory, previous: null).Alignment!;
        var disposed = good.clone();
        disposed.Dispose();
        Tensor[] wrong =
        [
            disposed, good.narrow(-1, 0, 6), good.narrow(-2, 0, 0), good.reshape(-1), good.to(ScalarType.Float32), good.to(ScalarType.Int64),
            good.to_sparse(), good.to(new Device(DeviceType.META)), good.unsqueeze(0), good.unsqueeze(0).repeat([3, .. good.shape.Select(_ => 1L)]),
        ];
        foreach (var previous in wrong) Errors.Rejected.Check("previous", () => attention.Attend(query, memory, previous));
        Errors.Rejected.Check("memory", () => attention.Attend(query, null!, good));
    }

    /// <summary>The keys of two scores lie side by side; what a query must fit is a key as it was given.</summary>
    [Fact]
    public void QueriesFitTheKeysThatWereGiven()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var attention = new MonotonicAttention(new DotScore(), new DotScore(), 2);
        attention.to(ScalarType.Float64);
        attention.eval();
        var (query, key, value) = Kind.Of("monotonic").Inputs();
        var expected = attention.call(query, key, value);
        var (order, wide) = (tensor(new long[] { 1, 0 }, device: CPU), cat([query, query], -1));

        using var memory = attention.Prepare(key, value);
        using var selected = memory.Select(order);

        Rounding.Check(attention.Attend(query, memory).Context, expected, "context");
        Rounding.Check(attention.Attend(query, memory, previous: null).Context, expected, "context of the first step");
        Rounding.Check(attention.Attend(query.index_select(0, order), selected).Context, expected.index_select(0, order), "context of a selection");
        foreach (var each in new[] { memory, selected })
        {
            Errors.Rejected.Check("query", () => attention.Attend(wide, each));
            Errors.Rejected.Check("query", () => attention.Attend(wide, each, previous: null));
        }
    }

    [Fact]
    public void NoiseIsForTrainingAlone()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var attention = new MonotonicAttention(Sizes.QueryDim, Sizes.QueryDim, Sizes.ValueDim);
        var (query, key, value) = Kind.Of("monotonic").Inputs(rank: 3, ScalarType.Float32);
        attention.train();
        Assert.NotEqual(Grid.Of(attention.call(query, key, value)).Numbers, Grid.Of(attention.call(query, key, value)).Numbers);
        attention.eval();
        Close.Exact.Check(attention.call(query, key, value), attention.call(query, key, value), "context");
    }

    /// <summary>Chunk scores of any size: each chunk has a maximum of its own.</summary>
    [Fact]
    public void DistantChunksDoNotUnderflow()
    {
        using var scope = NewDisposeScope();
        var scores = tensor(new[] { 0.0, 1, 1000, 2000, -3000, -3001, -3002 }, device: CPU).unsqueeze(0);
        var alignment = ones(1, 7, dtype: ScalarType.Float64, device: CPU).Over(7);
        var shares = Chunks.Spread(alignment, scores, 2);
        var e = Math.E / (1 + Math.E) / 7;
        new Close("a handful of roundings", 1e-15).Check(
            shares, new Grid([1, 7], [1.0 / 7 + (1.0 / 7 - e), e, 1.0 / 7, 2.0 / 7, e, 1.0 / 7 - e + e, 1.0 / 7 - e]), "shares");
    }

    private static Tensor Start(long s, ScalarType dtype = ScalarType.Float64) =>
        Numbers.Range(0, s, ScalarType.Int64, CPU).Is(0).to(dtype).unsqueeze(0);
}
