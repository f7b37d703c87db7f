using TorchAttention.Tests.Support;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Kernels;

/// <summary>Every kernel computes what the dense one computes, and each call gets the kernel that is meant for it.</summary>
public class KernelTests
{
    private const long Dim = 11;

    /// <summary>Queries and keys, with a batch of two, whose matrix is worth blocks.</summary>
    private const long Many = 3000;

    private static readonly Dictionary<string, (Kernel Kernel, Func<KernelCall, bool> Takes)> Kernels = new()
    {
        ["flexible"] = (Kernel.Flexible, FlexibleKernel.Takes),
        ["fused"] = (Kernel.Fused, FusedKernel.Takes),
        ["blocked"] = (Kernel.Blocked, call => FusedKernel.Takes(call) && BlockedKernel.Takes(call)),
        ["choosing"] = (Kernel.Choosing, ChoosingKernel.Takes),
    };

    private static readonly Dictionary<string, Func<Score>> Products = new()
    {
        ["scaled"] = () => new ScaledDotScore(Dim, 0.7),
        ["dot"] = () => new DotScore(),
        ["cosine"] = () => new CosineScore(3),
        ["bilinear"] = () => new BilinearScore(Dim, Dim),
    };

    public static IEnumerable<TheoryDataRow<string, int>> Cases =>
        from kernel in Kernels.Keys
        from seed in Enumerable.Range(0, 60)
        select new TheoryDataRow<string, int>(kernel, seed);

    /// <summary>Random sizes, ranks, precisions, scores and masks: context and every gradient.</summary>
    [Theory]
    [MemberData(nameof(Cases))]
    public void AgreesWithTheDenseOne(string name, int seed)
    {
        using var scope = NewDisposeScope();
        var data = new Data(seed);
        var dtype = data.Pick([ScalarType.Float64, ScalarType.Float32]);
        if (name is "flexible" or "choosing") dtype = ScalarType.Float32;
        var leading = Sizes.Leading(2 + data.Next(3));
        var (l, s, e) = (1 + data.Next(300), 1 + data.Next(300), data.Pick([Dim, 7L, 17L]));
        using var score = Products[data.Pick<string>([.. Products.Keys])]();
        score.to(dtype);
        var mask = Mask(name == "blocked", data, leading, s);
        Tensor[] leaves =
        [
            data.Normal(dtype, [.. leading, l, Dim]).requires_grad_(), data.Normal(dtype, [.. leading, s, Dim]).requires_grad_(),
            data.Normal(dtype, [.. leading, s, e]).requires_grad_(),
        ];
        var upstream = data.Normal(dtype, [.. leading, l, e]);

        var actual = Run(Kernels[name].Kernel);
        var expected = Run(Kernel.Dense);

        // Some hundred terms, summed in another order.
        var close = new Close($"{dtype} sums of up to 300 terms in another order", 300 * Close.Epsilon(dtype), 300 * Close.Epsilon(dtype));
        foreach (var (what, numbers) in expected) close.Check(actual[what], numbers, $"{what} of ({l}, {s})");

        Dictionary<string, Grid> Run(Kernel kernel)
        {
            using var inner = NewDisposeScope();
            foreach (var leaf in leaves) leaf.grad = null;
            score.zero_grad();
            var call = Call(score, name == "choosing" ? Hard(training: false) : new Softmax(), leaves, mask);
            Assert.True(kernel == Kernel.Dense || Kernels[name].Takes(call), "the kernel does not take the call");
            var context = kernel.Attend(call).Context;
            context.backward([upstream]);
            var result = new Dictionary<string, Grid> { ["context"] = Grid.Of(context) };
            foreach (var leaf in leaves.Concat(score.parameters()))
                result[$"gradient {result.Count}"] = leaf.grad is { } gradient ? Grid.Of(gradient) : Grid.Zeros(leaf.shape);
            return result;
        }
    }

    public static IEnumerable<TheoryDataRow<string>> Rules => Chosen.Keys.Select(rule => new TheoryDataRow<string>(rule));

    private static readonly Dictionary<string, (Kernel Kernel, Func<KernelCall> Call)> Chosen = new()
    {
        ["plain, float32"] = (Kernel.Flexible, () => Ask(ScalarType.Float32)),
        ["plain, bfloat16"] = (Kernel.Flexible, () => Ask(ScalarType.BFloat16)),
        ["weights, dropout and any mask, float32"] = (Kernel.Flexible, () => Ask(ScalarType.Float32, AttentionMask.Global(2), dropout: 0.5, needWeights: true)),
        ["plain, float64"] = (Kernel.Fused, () => Ask(ScalarType.Float64)),
        ["a narrow band, float64"] = (Kernel.Blocked, () => Ask(ScalarType.Float64, AttentionMask.Window(9, 9), keys: 1000)),
        ["a wide band, float64"] = (Kernel.Fused, () => Ask(ScalarType.Float64, AttentionMask.Window(200, 200), keys: 1000)),
        ["a bias of distances"] = (Kernel.Flexible, () => Ask(ScalarType.Float32, bias: AttentionBias.Alibi(2))),
        ["a learned bias of distances, bfloat16"] = (Kernel.Flexible, () => Ask(ScalarType.BFloat16, bias: AttentionBias.Relative(Table(ScalarType.BFloat16)))),
        ["a bias of distances, float64"] = (Kernel.Fused, () => Ask(ScalarType.Float64, bias: AttentionBias.Alibi(2))),
        ["a dense bias"] = (Kernel.Fused, () => Ask(ScalarType.Float32, bias: AttentionBias.Dense(Bias()))),
        ["a learned dense bias"] = (Kernel.Dense, () => Ask(ScalarType.Float32, bias: AttentionBias.Dense(Bias().requires_grad_()))),
        ["a cap"] = (Kernel.Flexible, () => Ask(ScalarType.Float32, score: new SoftcapScore(new DotScore(), 3))),
        ["a cap, float64"] = (Kernel.Dense, () => Ask(ScalarType.Float64, score: new SoftcapScore(new DotScore(), 3))),
        ["a cap of a cap"] = (Kernel.Dense, () => Ask(ScalarType.Float32, score: new SoftcapScore(new SoftcapScore(new DotScore(), 3), 2))),
        ["a cap of what is no product"] = (Kernel.Dense, () => Ask(ScalarType.Float32, score: new SoftcapScore(new AdditiveScore(Dim, Dim, 3), 2))),
        ["a sink"] = (Kernel.Flexible, () => Ask(ScalarType.Float32, normalizer: new AttentionSink(2))),
        ["a sink that all heads share"] = (Kernel.Flexible, () => Ask(ScalarType.Float32, normalizer: new AttentionSink(1))),
        ["a sink of other heads"] = (Kernel.Dense, () => Ask(ScalarType.Float32, normalizer: new AttentionSink(3))),
        ["a sink of another normalizer"] = (Kernel.Dense, () => Ask(ScalarType.Float32, normalizer: new AttentionSink(2, new Sparsemax()))),
        ["a sink, float64"] = (Kernel.Dense, () => Ask(ScalarType.Float64, normalizer: new AttentionSink(2))),
        ["hard in eval mode with a cap and a bias"] = (Kernel.Choosing, () => Ask(
            ScalarType.Float32, bias: AttentionBias.Alibi(2), score: new SoftcapScore(new DotScore(), 3), normalizer: Hard(training: false))),
        ["weights, float64"] = (Kernel.Dense, () => Ask(ScalarType.Float64, needWeights: true)),
        ["dropout, float64"] = (Kernel.Dense, () => Ask(ScalarType.Float64, dropout: 0.5)),
        ["a score that is no product"] = (Kernel.Dense, () => Ask(ScalarType.Float32, score: new AdditiveScore(Dim, Dim, 3))),
        ["a bilinear score with a bias"] = (Kernel.Dense, () => Ask(ScalarType.Float32, score: new BilinearScore(Dim, Dim, bias: true))),
        ["hard in eval mode"] = (Kernel.Choosing, () => Ask(ScalarType.Float32, AttentionMask.Causal, normalizer: Hard(training: false))),
        ["hard in eval mode, float64"] = (Kernel.Dense, () => Ask(ScalarType.Float64, normalizer: Hard(training: false))),
        ["hard in eval mode, float64, many pairs"] = (Kernel.Chunked, () => Ask(ScalarType.Float64, queries: Many, keys: Many, normalizer: Hard(training: false))),
        ["hard in training"] = (Kernel.Dense, () => Ask(ScalarType.Float32, normalizer: Hard(training: true))),
        ["hard in eval mode with weights"] = (Kernel.Dense, () => Ask(ScalarType.Float32, needWeights: true, normalizer: Hard(training: false))),
        ["another normalizer"] = (Kernel.Dense, () => Ask(ScalarType.Float32, normalizer: new Sparsemax())),
        ["another normalizer, many pairs"] = (Kernel.Chunked, () => Ask(ScalarType.Float32, queries: Many, keys: Many, normalizer: new Sparsemax())),
        ["a score that is no product, many pairs"] = (Kernel.Chunked, () => Ask(ScalarType.Float32, queries: Many, keys: Many / 3, score: new AdditiveScore(Dim, Dim, 3))),
        ["weights and dropout, float64, many pairs"] = (Kernel.Chunked, () => Ask(ScalarType.Float64, queries: Many, keys: Many, dropout: 0.5, needWeights: true)),
        ["many pairs, but few in the band"] = (Kernel.Dense, () => Ask(
            ScalarType.Float32, AttentionMask.Window(9, 9), queries: Many, keys: Many, normalizer: new Sparsemax())),
        ["one query with many keys"] = (Kernel.Dense, () => Ask(ScalarType.Float32, queries: 1, keys: 9_000_000, normalizer: new Sparsemax())),
        ["straight-through, many pairs"] = (Kernel.Chunked, () => Ask(ScalarType.Float32, queries: Many, keys: Many, normalizer: Hard(training: true))),
        ["what draws numbers, many pairs"] = (Kernel.Dense, () => Ask(ScalarType.Float32, queries: Many, keys: Many, normalizer: new Gumbel())),
        ["what draws numbers within a sink, many pairs"] = (Kernel.Dense, () => Ask(
            ScalarType.Float32, queries: Many, keys: Many, normalizer: new AttentionSink(1, new Reinforce()))),
        ["somebody's own normalizer, many pairs"] = (Kernel.Dense, () => Ask(ScalarType.Float32, queries: Many, keys: Many, normalizer: new Own())),
        ["a normalizer with a hook, many pairs"] = (Kernel.Dense, () => Ask(ScalarType.Float32, queries: Many, keys: Many, normalizer: Hooked(new Sparsemax()))),
        ["softmax with a hook"] = (Kernel.Dense, () => Ask(ScalarType.Float32, normalizer: Hooked(new Softmax()))),
        ["softmax with a hook, float64"] = (Kernel.Dense, () => Ask(ScalarType.Float64, normalizer: Hooked(new Softmax()))),
        ["softmax with a hook in a narrow band, float64"] = (Kernel.Dense, () => Ask(
            ScalarType.Float64, AttentionMask.Window(9, 9), keys: 1000, normalizer: Hooked(new Softmax()))),
        ["a sink with a hook"] = (Kernel.Dense, () => Ask(ScalarType.Float32, normalizer: Hooked(new AttentionSink(2)))),
        ["a sink of what has a hook"] = (Kernel.Dense, () => Ask(ScalarType.Float32, normalizer: new AttentionSink(2, Hooked(new Softmax())))),
        ["hard in eval mode with a hook"] = (Kernel.Dense, () => Ask(ScalarType.Float32, normalizer: Hooked(Hard(training: false)))),
        ["a table beyond the indices of a whole number"] = (Kernel.Fused, () => Ask(
            ScalarType.Float32, AttentionMask.Allow(zeros(1, 1, dtype: ScalarType.Bool, device: CPU).expand(1 << 15, 1 << 16)), queries: 1 << 15, keys: 1 << 16)),
        ["no keys"] = (Kernel.Dense, () => Ask(ScalarType.Float32, keys: 0)),
    };

    [Theory]
    [MemberData(nameof(Rules))]
    public void TheIntendedKernelIsChosen(string rule)
    {
        using var scope = NewDisposeScope();
        Assert.Same(Chosen[rule].Kernel, Kernel.Select(Chosen[rule].Call()));
    }

    /// <summary>Beside the band, whole items of a batch that may attend to nothing.</summary>
    [Fact]
    public void ABlockedBandTakesAMaskOfItems()
    {
        using var scope = NewDisposeScope();
        var data = new Data(78);
        Tensor[] inputs = [data.Normal(3, 40, Dim), data.Normal(3, 900, Dim), data.Normal(3, 900, Dim)];
        var items = tensor(new[] { true, false, true }).reshape(3, 1, 1);
        using var score = new DotScore();
        using var softmax = new Softmax();
        var call = Call(score, softmax, inputs, AttentionMask.Window(9, 9) & AttentionMask.Allow(items));
        Assert.Same(Kernel.Blocked, Kernel.Select(call));
        Close.Reordered(ScalarType.Float64).Check(Kernel.Blocked.Attend(call).Context, Kernel.Dense.Attend(call).Context, "context");
    }

    /// <summary>A window that begins where no key is.</summary>
    [Theory]
    [InlineData((1L << 32) + 3)]
    [InlineData(int.MaxValue)]
    public void AWindowFarAwayIsEmpty(long first)
    {
        using var scope = NewDisposeScope();
        var data = new Data(79);
        using var attention = new SoftAttention(new DotScore());
        var inputs = new[] { 5L, 7, 7 }.Select(rows => data.Normal(ScalarType.Float32, 2, rows, Dim)).ToArray();
        var context = attention.call(inputs[0], inputs[1], inputs[2], AttentionMask.WindowTopLeft(0, 5, first: first));
        Close.Exact.Check(context, zeros_like(context), "context");
    }

    public static IEnumerable<TheoryDataRow<string>> Names => [.. Kernels.Keys.Select(name => new TheoryDataRow<string>(name)), new("chunked"), new("dense")];

    /// <summary>Forward leaves its result, and nothing is left of a backward pass.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void NothingLeaks(string name)
    {
        using var scope = NewDisposeScope();
        var kernel = name switch { "chunked" => new ChunkedKernel(1 << 10), "dense" => Kernel.Dense, _ => Kernels[name].Kernel };
        var data = new Data(77);
        Tensor Leaf() => data.Normal(ScalarType.Float32, 2, 70, Dim).requires_grad_();
        Tensor[] leaves = [Leaf(), Leaf(), Leaf()];
        using var normalizer = name == "choosing" ? (Normalizer)Hard(training: false) : new Softmax();
        using var score = new DotScore();
        Attend().Dispose(); // what is made once and kept
        NoLeaks.Leaves(1, () => Attend(), "forward");
        NoLeaks.LeavesNone(
            () =>
            {
                using var inner = NewDisposeScope();
                Attend().sum().backward();
                foreach (var leaf in leaves)
                {
                    leaf.grad?.Dispose();
                    leaf.grad = null;
                }
            }, "forward and backward");

        Tensor Attend()
        {
            using var inner = NewDisposeScope();
            return kernel.Attend(Call(score, normalizer, leaves, AttentionMask.Window(5, 3))).Context.MoveToOuterDisposeScope();
        }
    }

    private static KernelCall Ask(
        ScalarType dtype, AttentionMask? mask = null, AttentionBias? bias = null, long queries = 5, long keys = 7, double dropout = 0, bool needWeights = false,
        Score? score = null, Normalizer? normalizer = null)
    {
        var inputs = new[] { zeros(2, queries, Dim, dtype: dtype, device: CPU), zeros(2, keys, Dim, dtype: dtype, device: CPU), zeros(2, keys, Dim, dtype: dtype, device: CPU) };
        var call = Call(score ?? new DotScore(), normalizer ?? new Softmax(), inputs, mask, bias);
        return new KernelCall(call.Score, call.Normalizer, call.Inputs with { NeedWeights = needWeights }, dropout);
    }

    private static KernelCall Call(Score score, Normalizer normalizer, Tensor[] inputs, AttentionMask? mask, AttentionBias? bias = null)
    {
        var shape = AttentionShape.Of(inputs[0], inputs[1], inputs[2]);
        var call = new AttentionCall(inputs[0], score.Prepare(inputs[1]), inputs[2], mask?.Meeting(shape), bias?.AddedTo(shape), NeedWeights: false);
        return new(score, normalizer, call, 0);
    }

    private static StraightThrough Hard(bool training)
    {
        var estimator = new StraightThrough();
        estimator.train(training);
        return estimator;
    }

    private static Normalizer Hooked(Normalizer normalizer)
    {
        normalizer.register_forward_hook((_, _, _, weights) => weights);
        return normalizer;
    }

    private static Tensor Bias() => new Data(2).Normal(ScalarType.Float32, 5, 7);

    private static Tensor Table(ScalarType dtype) => new Data(3).Normal(dtype, 2, 9).requires_grad_();

    internal static AttentionMask? Mask(bool isBand, Data data, long[] leading, int s)
    {
        long[] lengths = [.. Enumerable.Range(0, leading.Length == 0 ? 1 : (int)leading[0]).Select(_ => (long)data.Next(s + 1))];
        var band = data.Pick<Func<AttentionMask>>([
            () => AttentionMask.Window(data.Next(40), data.Next(40)), () => AttentionMask.WindowTopLeft(data.Next(40), data.Next(40)),
            () => AttentionMask.Window(data.Next(400), 0),
        ]);
        return data.Pick<Func<AttentionMask?>>(
            isBand
                ? [band, () => band() & AttentionMask.Padding(lengths)]
                :
                [
                    () => null, () => AttentionMask.Causal, () => AttentionMask.CausalTopLeft, band, () => AttentionMask.Padding(lengths),
                    () => AttentionMask.Causal & AttentionMask.Padding(lengths), () => band() | AttentionMask.Global(3),
                    () => AttentionMask.Causal & (AttentionMask.Window(9, 9) | AttentionMask.Global(3)),
                ])();
    }

    private sealed class Own : Normalizer
    {
        internal Own()
            : base(nameof(Own)) => RegisterComponents();

        protected override Tensor Normalize(Tensor scores) => scores.softmax(-2).softmax(-1);
    }
}
