using FsCheck.Xunit;
using TorchAttention.Tests.Support;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Attentions;

/// <summary>Graph attention against its oracle, and what a graph may look like.</summary>
public class GraphTests
{
    private const long InputDim = 5;
    private const long OutputDim = 3;
    private const long Heads = 2;

    private static readonly Close Rounding = Close.Reordered(ScalarType.Float64);

    /// <summary>Node 3 is a source alone, node 4 has a loop, node 5 no edge; an edge is listed twice.</summary>
    private static readonly (int Source, int Target)[] Edges = [(0, 1), (2, 1), (1, 0), (3, 0), (4, 4), (2, 0), (0, 1), (3, 2)];

    public static IEnumerable<TheoryDataRow<GraphScore, bool, ScalarType>> Product =>
        from score in Enum.GetValues<GraphScore>()
        from average in new[] { false, true }
        from dtype in new[] { ScalarType.Float64, ScalarType.Float32, ScalarType.BFloat16 }
        select new TheoryDataRow<GraphScore, bool, ScalarType>(score, average, dtype);

    public static IEnumerable<TheoryDataRow<GraphScore>> Scores => Enum.GetValues<GraphScore>().Select(score => new TheoryDataRow<GraphScore>(score));

    [Theory]
    [MemberData(nameof(Product))]
    public void AgreesWithTheOracle(GraphScore score, bool average, ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var attention = Build(score, average, dtype: dtype);
        var nodes = new Data(41).Normal(dtype, 6, InputDim);

        var (context, weights) = attention.Attend(nodes, List(Edges));

        var oracle = GraphOracle.Of(attention, Heads, average).Attend(Grid.Of(nodes), Edges);
        Assert.Equal((dtype, dtype), (context.dtype, weights.dtype));
        // In bfloat16 the projections are rounded to 8 bits; a score of a few moves by a few of its last places, and a weight with it.
        var close = dtype == ScalarType.BFloat16 ? new Close("scores from rounded projections", 8 * Close.Epsilon(dtype)) : Close.Reordered(dtype);
        close.Check(weights, oracle.Weights, "weights");
        close.Check(context, oracle.Context, "context");
        Rules.Every.IsZero(Grid.Of(context).Row([], 3), "the context of a node without incoming edges");
        Rules.Every.IsZero(Grid.Of(context).Row([], 5), "the context of a node without edges");
        Close.Exact.Check(attention.call(nodes, List(Edges)), context, "context by call");
    }

    [Theory]
    [MemberData(nameof(Scores))]
    public void ItsGradientIsTheDerivative(GraphScore score)
    {
        using var scope = NewDisposeScope();
        using var attention = Build(score, average: true);
        var nodes = new Data(41).Normal(6, InputDim).requires_grad_();
        var (ofContext, ofWeights) = (new Data(42).Normal(6, OutputDim), new Data(43).Normal(Edges.Length, Heads));
        GradCheck.Check(
            () =>
            {
                using var inner = NewDisposeScope();
                var (context, weights) = attention.Attend(nodes, List(Edges));
                return Numbers.Sum((context * ofContext).sum(), (weights * ofWeights).sum()).MoveToOuterDisposeScope();
            },
            [("nodes", nodes), .. attention.named_parameters().Select(entry => (entry.name, (Tensor)entry.parameter))]);
    }

    /// <summary>Names and places are nothing: nodes in another order give contexts in that order, edges in another order weights.</summary>
    [Property(MaxTest = 1000, Replay = "20241,107", QuietOnSuccess = true)]
    public void OrderDoesNotMatter(int seed)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var data = new Data(seed);
        var (n, count) = (1 + data.Next(9), data.Next(40));
        using var attention = Build(data.Pick(Enum.GetValues<GraphScore>()), average: false, seed);
        var nodes = data.Normal(n, InputDim);
        var edges = List([.. Enumerable.Range(0, count).Select(_ => (data.Next(n), data.Next(n)))]);
        var (context, weights) = attention.Attend(nodes, edges);

        var order = data.Normal(n).argsort();
        var places = order.argsort(); // where each node has gone
        var edgeOrder = data.Normal(count).argsort();
        var (moved, movedWeights) = attention.Attend(
            nodes.index_select(0, order), places.index_select(0, edges.index_select(1, edgeOrder).reshape(-1)).reshape(2, count));

        Rounding.Check(moved, context.index_select(0, order), "context");
        Rounding.Check(movedWeights, weights.index_select(0, edgeOrder), "weights");
        var sums = zeros(n, Heads, dtype: ScalarType.Float64, device: CPU).AddRows(edges[1], weights);
        var expected = zeros(n, Heads, dtype: ScalarType.Float64, device: CPU).FillRows(edges[1], 1);
        Rounding.Check(sums, expected, "sums over incoming edges");
    }

    /// <summary>Scores thousands apart between targets: each softmax has a maximum of its own.</summary>
    [Fact]
    public void DistantScoresDoNotUnderflow()
    {
        using var scope = NewDisposeScope();
        var scores = tensor(new[] { 5000.0, -5000, 5001, -5000, 0, -9000 }, device: CPU).unsqueeze(-1);
        var segment = tensor(new long[] { 3, 1, 3, 1, 4, 3 }, device: CPU);
        var e = Math.E / (1 + Math.E);
        Rounding.Check(SegmentSoftmax.Of(scores, segment, 6), new Grid([6, 1], [1 - e, 0.5, e, 0.5, 1, 0]), "weights");
    }

    /// <summary>A segment of any length finds its maximum, wherever in the list it is.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(33)]
    public void LongSegmentsFindTheirMaximum(int length)
    {
        using var scope = NewDisposeScope();
        for (var place = 0; place < length; place++)
        {
            var numbers = Enumerable.Repeat(-2000.0, 2 * length + 3).ToArray();
            numbers[1 + place] = 2000;
            var segment = tensor(Enumerable.Range(0, numbers.Length).Select(i => i == 0 ? 0L : i <= length ? 1 : 2).ToArray(), device: CPU);
            var weights = Grid.Of(SegmentSoftmax.Of(tensor(numbers, device: CPU).unsqueeze(-1), segment, 3)).Numbers;
            Assert.Equal(1, weights[1 + place], 1e-15);
            Assert.Equal(1.0 / (length + 2), weights[^1], 1e-15);
        }
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(7, 0)]
    [InlineData(1, 1)]
    public void SmallGraphsWork(int n, int count)
    {
        using var scope = NewDisposeScope();
        using var attention = Build(GraphScore.Dynamic, average: false);
        var nodes = new Data(41).Normal(n, InputDim).requires_grad_();
        var (context, weights) = attention.Attend(nodes, List([.. Enumerable.Repeat((0, 0), count)]));
        context.sum().backward();
        Assert.Equal([n, Heads * OutputDim], context.shape);
        Assert.Equal([count, Heads], weights.shape);
        Assert.All(Grid.Of(nodes.grad!).Numbers, number => Assert.True(double.IsFinite(number)));
        if (count == 0) Rules.Every.IsZero(Grid.Of(context).Numbers, "a context without edges");
    }

    [Fact]
    public void SelfLoopsComeLast()
    {
        using var scope = NewDisposeScope();
        var loops = GraphAttention.AddSelfLoops(List([(0, 2), (1, 0)]), 3);
        Close.Exact.Check(loops, List([(0, 2), (1, 0), (0, 0), (1, 1), (2, 2)]), "edges");
        Errors.Rejected.Check("nodes", () => GraphAttention.AddSelfLoops(loops, -1));
        Errors.Rejected.Check("edges", () => GraphAttention.AddSelfLoops(loops, 2));
    }

    /// <summary>A node that no edge touches may hold anything: no output and no gradient sees it.</summary>
    [Theory]
    [MemberData(nameof(Scores))]
    public void AnIsolatedNodeMayHoldNaN(GraphScore score)
    {
        using var scope = NewDisposeScope();
        using var attention = Build(score, average: false);
        var nodes = new Data(41).Normal(6, InputDim);
        var poisoned = nodes.clone();
        poisoned[5] = double.NaN;
        var (clean, actual) = (Gradients(attention, nodes), Gradients(attention, poisoned));
        foreach (var (name, expected) in clean) Close.Exact.Check(actual[name], expected, name);
    }

    [Fact]
    public void DropoutActsOnWeightsInTrainingAlone()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var attention = new GraphAttention(1, 1, heads: 512, dropout: 0.5);
        var nodes = ones(1, 1, dtype: ScalarType.Float32, device: CPU);
        var edges = List([(0, 0)]); // one edge: its weight is one
        attention.eval();
        var (plain, weights) = attention.Attend(nodes, edges);
        attention.train();
        var (context, before) = attention.Attend(nodes, edges);
        Close.Exact.Check(before, weights, "weights in training");
        var dropped = context.Is(0);
        Close.Exact.Check(context, plain.Times(2).Fill(dropped, 0), "context in training");
        Assert.True(dropped.any().item<bool>() && !dropped.all().item<bool>(), "all or nothing was dropped");
    }

    [Theory]
    [MemberData(nameof(Scores))]
    public void ACallLeavesWhatItReturns(GraphScore score)
    {
        using var scope = NewDisposeScope();
        using var attention = Build(score, average: false);
        var (nodes, edges) = (new Data(41).Normal(6, InputDim).requires_grad_(), List(Edges));
        attention.call(nodes, edges).sum().backward();
        NoLeaks.Leaves(1, () => attention.call(nodes, edges), "call");
        NoLeaks.Leaves(2, () => attention.Attend(nodes, edges), "Attend");
        NoLeaks.Leaves(1, () => GraphAttention.AddSelfLoops(edges, 6), "AddSelfLoops");
        NoLeaks.LeavesNone(
            () =>
            {
                using var context = attention.call(nodes, edges);
                using var loss = context.sum();
                loss.backward();
            },
            "forward and backward");
    }

    [Fact]
    public void NamesItsParameters()
    {
        using var attention = new GraphAttention(InputDim, OutputDim, Heads);
        using var dynamic = new GraphAttention(InputDim, OutputDim, Heads, score: GraphScore.Dynamic);
        Assert.Equal(["source_energy (2, 3)", "source_projection.weight (6, 5)", "target_energy (2, 3)"], Names(attention));
        Assert.Equal(["energy (2, 3)", "source_projection.weight (6, 5)", "target_projection.weight (6, 5)"], Names(dynamic));

        static IEnumerable<string> Names(GraphAttention module) =>
            module.state_dict().Select(entry => $"{entry.Key} ({string.Join(", ", entry.Value.shape)})").Order();
    }

    [Fact]
    public void ChecksItsArguments()
    {
        using var scope = NewDisposeScope();
        using var attention = Build(GraphScore.Static, average: false);
        var (nodes, edges) = (new Data(41).Normal(6, InputDim), List(Edges));
        var meta = new Device(DeviceType.META);
        var disposed = nodes.clone();
        disposed.Dispose();
        foreach (var wrong in new[]
        {
            null, disposed, nodes.unsqueeze(0), nodes[0], nodes.narrow(1, 0, 4), nodes.to(ScalarType.Int64), nodes.to(ScalarType.Float32),
            nodes.to(ScalarType.Float16), nodes.to_sparse(), nodes.to(meta),
        })
            Errors.Rejected.Check("nodes", () => attention.call(wrong!, edges));
        foreach (var wrong in new[]
        {
            null, disposed, edges.t(), edges[0], edges.unsqueeze(0), edges.to(ScalarType.Int32), edges.to(ScalarType.Float64),
            edges.to_sparse(), edges.to(meta), cat([edges, edges], 0), List([(0, 6)]), List([(-1, 0)]),
        })
            Errors.Rejected.Check("edges", () => attention.call(nodes, wrong!));
        var (none, loop) = (nodes.narrow(0, 0, 0), List([(0, 0)]));
        Errors.Rejected.Check("edges", () => attention.call(none, loop));
        Errors.Rejected.Check("edges", () => attention.Attend(nodes, null!));
    }

    private static Dictionary<string, Grid> Gradients(GraphAttention attention, Tensor nodes)
    {
        using var scope = NewDisposeScope();
        attention.zero_grad();
        var leaf = nodes.clone().requires_grad_();
        var context = attention.call(leaf, List(Edges));
        context.backward([new Data(44).Normal(context.shape)]);
        var result = attention.named_parameters().ToDictionary(entry => entry.name, entry => Grid.Of(entry.parameter.grad!));
        (result["context"], result["nodes"]) = (Grid.Of(context), Grid.Of(leaf.grad!));
        return result;
    }

    private static GraphAttention Build(GraphScore score, bool average, int seed = 1, ScalarType dtype = ScalarType.Float64)
    {
        var attention = new GraphAttention(InputDim, OutputDim, Heads, average, score);
        using var noGradient = no_grad();
        attention.to(dtype);
        var data = new Data(seed);
        foreach (var (_, parameter) in attention.named_parameters())
        {
            using var numbers = data.Normal(dtype, parameter.shape);
            parameter.copy_(numbers);
        }
        return attention;
    }

    /// <summary>(2, E): sources, then targets.</summary>
    private static Tensor List((int Source, int Target)[] edges) => tensor(
        [.. edges.Select(edge => (long)edge.Source), .. edges.Select(edge => (long)edge.Target)], [2, edges.Length],
        dtype: ScalarType.Int64, device: CPU);
}
