using TorchAttention.Tests.Support;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Kernels;

/// <summary>Every kernel computes what the dense one computes, and each call gets the kernel that is meant for it.</summary>
public class KernelTests
{
    private const long Dim = 11;

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
            var call = Call(score, leaves, mask, name == "choosing" ? Hard(training: false) : new Softmax());
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
        ["a bias, float32"] = (Kernel.Fused, () => Ask(ScalarType.Float32, bias: Bias())),
        ["a learned bias"] = (Kernel.Dense, () => Ask(ScalarType.Float32, bias: Bias().requires_grad_())),
        ["weights, float64"] = (Kernel.Dense, () => Ask(ScalarType.Float64, needWeights: true)),
        ["dropout, float64"] = (Kernel.Dense, () => Ask(ScalarType.Float64, dropout: 0.5)),
        ["a score that is no product"] = (Kernel.Dense, () => Ask(ScalarType.Float32, score: new AdditiveScore(Dim, Dim, 3))),
        ["a bilinear score with a bias"] = (Kernel.Dense, () => Ask(ScalarType.Float32, score: new BilinearScore(Dim, Dim, bias: true))),
        ["hard in eval mode"] = (Kernel.Choosing, () => Ask(ScalarType.Float32, AttentionMask.Causal, normalizer: Hard(training: false))),
        ["hard in training"] = (Kernel.Dense, () => Ask(ScalarType.Float32, normalizer: Hard(training: true))),
        ["hard in eval mode with weights"] = (Kernel.Dense, () => Ask(ScalarType.Float32, needWeights: true, normalizer: Hard(training: false))),
        ["another normalizer"] = (Kernel.Dense, () => Ask(ScalarType.Float32, normalizer: new Sparsemax())),
        ["no keys"] = (Kernel.Dense, () => Ask(ScalarType.Float32, keys: 0)),
    };

    [Theory]
    [MemberData(nameof(Rules))]
    public void TheIntendedKernelIsChosen(string rule)
    {
        using var scope = NewDisposeScope();
        Assert.Same(Chosen[rule].Kernel, Kernel.Select(Chosen[rule].Call()));
    }

    private static KernelCall Ask(
        ScalarType dtype, AttentionMask? mask = null, Tensor? bias = null, long keys = 7, double dropout = 0, bool needWeights = false,
        Score? score = null, Normalizer? normalizer = null)
    {
        var data = new Data(1);
        var inputs = new[] { data.Normal(dtype, 2, 5, Dim), data.Normal(dtype, 2, keys, Dim), data.Normal(dtype, 2, keys, Dim) };
        var call = Call(score ?? new DotScore(), inputs, mask).Inputs with { Bias = bias, NeedWeights = needWeights };
        return new KernelCall(score ?? new DotScore(), normalizer ?? new Softmax(), call, dropout);
    }

    private static KernelCall Call(Score score, Tensor[] inputs, AttentionMask? mask, Normalizer? normalizer = null)
    {
        var shape = AttentionShape.Of(inputs[0], inputs[1], inputs[2]);
        return new(score, normalizer ?? new Softmax(), new(inputs[0], score.Prepare(inputs[1]), inputs[2], mask?.Meeting(shape), null, false), 0);
    }

    private static StraightThrough Hard(bool training)
    {
        var estimator = new StraightThrough();
        estimator.train(training);
        return estimator;
    }

    private static Tensor Bias() => new Data(2).Normal(ScalarType.Float32, 5, 7);

    private static AttentionMask? Mask(bool isBand, Data data, long[] leading, int s)
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
}
