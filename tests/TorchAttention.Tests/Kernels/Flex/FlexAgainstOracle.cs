using TorchAttention.Tests.Support;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Kernels.Flex;

/// <summary>The flexible kernel against float64 loops, within twice the error of the written-out computation, thrice for gradients.</summary>
public class FlexAgainstOracle
{
    private const int CasesEach = 4;

    public static IEnumerable<TheoryDataRow<string>> Kinds => FlexKind.Names.Select(name => new TheoryDataRow<string>(name));

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Agrees(string kind)
    {
        for (var seed = 0; seed < CasesEach; seed++) Check(kind, seed, new FlexOptions());
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void AgreesWithSinkAndScale(string kind)
    {
        for (var seed = 0; seed < CasesEach; seed++) Check(kind, 100 + seed, new FlexOptions { Scale = 0.3 }, withSink: true);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void AgreesWithDropout(string kind)
    {
        for (var seed = 0; seed < CasesEach; seed++) Check(kind, 200 + seed, new FlexOptions { Dropout = 0.3, Seed = seed });
    }

    /// <summary>A decoder's step with a long cache, which is cut into shares that are joined again; under masks that leave shares out.</summary>
    [Theory]
    [InlineData(1, 2100)]
    [InlineData(3, 5003)]
    public void AFewQueriesWithManyKeysAgree(int queries, int keys)
    {
        foreach (var kind in new[] { "none", "window", "padding", "documents", "allow some keys" })
            Check(kind, 400 + keys, new FlexOptions(), withSink: true, sizes: new FlexSizes(1, 1, 2, queries, keys, 11, 9));
    }

    [Theory]
    [InlineData(128, 256)]
    [InlineData(256, 128)]
    public void LargeHeadsAgree(int depth, int valueSize) =>
        Check("causal", 500 + depth, new FlexOptions(), withSink: true, sizes: new FlexSizes(1, 1, 2, 13, 37, depth, valueSize));

    /// <summary>A weight that is one stays one in backward, however large and rounded its score: also where few queries go another way forward.</summary>
    [Fact]
    public void BackwardHasTheScoresOfForward()
    {
        using var scope = NewDisposeScope();
        var data = new Data(300);
        for (var queries = 1; queries < 20; queries++)
        {
            Tensor Make(params long[] shape) => data.Normal(ScalarType.Float32, shape);
            var (query, key, value, upstream) = (Make(2, 3, queries, 64), Make(2, 3, 1, 64), Make(2, 3, 1, 16).requires_grad_(), Make(2, 3, queries, 16));
            FlexAttention.Attend(query, key, value, new NoModification(), new FlexOptions { Scale = 1 }).backward([upstream]);
            new Close("two roundings of a weight, and those of the sum", (2 + queries) * Close.Epsilon(ScalarType.Float32))
                .Check(value.grad!, upstream.sum(-2, keepdim: true), $"gradient of the value under {queries} queries");
        }
    }

    internal static void Check(string kind, int seed, FlexOptions options, bool withSink = false, bool small = false, FlexSizes? sizes = null)
    {
        using var scope = NewDisposeScope();
        var data = new Data(seed);
        sizes ??= small ? FlexSizes.Small(data) : FlexSizes.Random(data);
        var subject = FlexKind.Of(kind, sizes, data);
        var (query, key, value) = sizes.Inputs(data);
        foreach (var leaf in new[] { query, key, value }) leaf.requires_grad_();
        var sink = withSink ? data.Normal(ScalarType.Float32, sizes.Heads).requires_grad_() : null;
        options = options with { Sink = sink };
        var what = $"{kind}, seed {seed}, {sizes}";
        var scale = options.Scale ?? 1 / Math.Sqrt(sizes.Depth);
        var sinks = sink is null ? null : Grid.Of(sink).Numbers;

        var factor = Kept(options);
        var oracle = new FlexOracle(sizes, Grid.Of(query), Grid.Of(key), Grid.Of(value), subject.Modified, scale, sinks, factor);
        FlexNaive naive;
        using (no_grad()) naive = new FlexNaive(sizes, query, key, value, subject.Modified, scale, sinks, factor);

        var (context, weights, logSumExp) = subject.AttendInFull(query, key, value, options);
        var budget = Close.Widest(Enumerable.Range(1, 3).Select(BudgetInParts));
        budget.Check(context, oracle.Context, $"context of {what}");
        budget.Check(subject.Attend(query, key, value, options), oracle.Context, $"context alone of {what}");
        using (no_grad()) budget.Check(subject.Attend(query, key, value, options), oracle.Context, $"context without a graph of {what}");
        Close.Budget(Grid.Of(naive.Weights), oracle.Weights, ScalarType.Float32, 2).Check(weights, oracle.Weights, $"weights of {what}");
        CheckLogSumExp(logSumExp, oracle.LogSumExp, what);

        var isInFull = seed % 2 == 0;
        var (c, w, n) = (data.Normal(ScalarType.Float32, context.shape), data.Normal(ScalarType.Float32, weights.shape), data.Normal(ScalarType.Float32, logSumExp.shape));
        n = n.Fill(logSumExp.Is(double.NegativeInfinity), 0);
        if (isInFull)
        {
            var finite = logSumExp.Fill(logSumExp.Is(double.NegativeInfinity), 0);
            Numbers.Sum(Numbers.Sum((context * c).sum(), (weights * w).sum()), (finite * n).sum()).backward();
        }
        else
        {
            (w, n) = (zeros_like(w), zeros_like(n));
            (subject.Attend(query, key, value, options) * c).sum().backward();
        }
        var expected = oracle.Gradient(Grid.Of(c), Grid.Of(w), Grid.Of(n), subject.Modified);
        using var noGradient = no_grad();
        var written = naive.Gradient(c, w, n, subject.Modified);
        CheckGradients(
            what, (query, written.Query, expected.Query), (key, written.Key, expected.Key), (value, written.Value, expected.Value));
        if (sink is not null) CheckSink(sink, expected, sizes, what);
        if (subject.Parameters is not null) CheckParameters(subject, expected, (written.Modified, naive.Scores), oracle, what);

        // The same sums in orders of their own, as a few queries without a graph have one: together they tell what rounding loses.
        Close BudgetInParts(int parts)
        {
            using var noGradient = no_grad();
            var order = tensor(Enumerable.Range(0, sizes.Depth).OrderBy(n => n % parts).Select(n => (long)n).ToArray());
            var other = new FlexNaive(sizes, query.index_select(-1, order), key.index_select(-1, order), value, subject.Modified, scale, sinks, factor);
            return Close.Budget(Grid.Of(other.Context), oracle.Context, ScalarType.Float32, 2);
        }
    }

    /// <summary>The choices that the kernel's own rule makes, told by its hash.</summary>
    private static PairFactor? Kept(FlexOptions options)
    {
        if (options.Dropout == 0) return null;
        var dropout = new Dropout(options.Dropout, (ulong)options.Seed!);
        return (b, h, i, j) =>
        {
            var random = RandomBits.Mix(((uint)j * RandomBits.Odd) ^ dropout.Row((int)b, (int)h, (int)i)) >> 8;
            return random >= dropout.Threshold ? 1 / (1 - options.Dropout) : 0;
        };
    }

    private static void CheckLogSumExp(Tensor actual, Grid expected, string what)
    {
        var numbers = Grid.Of(actual).Numbers;
        for (var n = 0; n < numbers.Length; n++)
        {
            if (double.IsNegativeInfinity(expected.Numbers[n])) Assert.Equal(double.NegativeInfinity, numbers[n]);
            else Assert.True(Math.Abs(numbers[n] - expected.Numbers[n]) <= 1e-5 * Math.Max(1, Math.Abs(expected.Numbers[n])), $"log-sum-exp of {what}");
        }
    }

    /// <summary>Relative to the largest number of each, and of three the worst is the measure: one alone may be exact by luck.</summary>
    private static void CheckGradients(string what, params (Tensor Leaf, Tensor Naive, Grid Expected)[] gradients)
    {
        var lost = gradients.Max(each => Grid.Of(each.Naive).Numbers.Zip(each.Expected.Numbers, (a, e) => Math.Abs(a - e)).Max() / Math.Max(1e-30, each.Expected.Largest));
        var epsilon = Close.Epsilon(ScalarType.Float32);
        var budget = new Close("3 times the error of the written-out computation in float32", 4 * epsilon, 3 * lost + 4 * epsilon);
        foreach (var (leaf, _, expected) in gradients) budget.Check(leaf.grad!, expected, $"gradient ({string.Join(", ", leaf.shape)}) of {what}");
    }

    private static void CheckSink(Tensor sink, FlexGradient expected, FlexSizes sizes, string what)
    {
        var grid = new Grid([sizes.Heads], expected.Sink);
        new Close("a sum over all rows, each off by some roundings", 1e-5, 1e-5).Check(sink.grad!, grid, $"sink's gradient of {what}");
    }

    private static void CheckParameters(FlexSubject subject, FlexGradient expected, (Tensor Modified, Tensor Scores) naive, FlexOracle oracle, string what)
    {
        var numbers = Grid.Of(subject.Parameters!).Numbers;
        var (exact, written) = (Grid.Zeros(subject.Parameters!.shape), Grid.Zeros(subject.Parameters.shape));
        var squares = 0.0;
        var (gradients, scores) = (Grid.Of(naive.Modified).Numbers, Grid.Of(naive.Scores).Numbers);
        for (var p = 0; p < numbers.Length; p++)
        {
            var n = 0;
            var (above, below) = (subject.Told(Shifted(numbers, p, 1e-5)), subject.Told(Shifted(numbers, p, -1e-5)));
            foreach (var at in Grid.Indices(oracle.Scores.Shape))
            {
                if (expected.Modified.Numbers[n] != 0)
                {
                    var term = expected.Modified.Numbers[n] * Slope(oracle.Scores.Numbers[n], at);
                    exact.Numbers[p] += term;
                    squares += term * term;
                    written.Numbers[p] = (float)(written.Numbers[p] + (float)(gradients[n] * Slope(scores[n], at)));
                }
                n++;
            }

            double Slope(double score, long[] at) => (above(score, at[0], at[1], at[2], at[3]) - below(score, at[0], at[1], at[2], at[3])) / 2e-5;
        }
        // The written-out sum may be exact by luck: each term is off by some sixteen roundings, which add up at random.
        var budget = Close.Budget(written, exact, ScalarType.Float32, 3);
        budget = budget with { Absolute = budget.Absolute + 16 * Close.Epsilon(ScalarType.Float32) * Math.Sqrt(squares) };
        budget.Check(subject.Parameters.grad!, exact, $"parameters' gradient of {what}");
    }

    private static double[] Shifted(double[] numbers, int index, double step)
    {
        var shifted = numbers.ToArray();
        shifted[index] += step;
        return shifted;
    }
}
