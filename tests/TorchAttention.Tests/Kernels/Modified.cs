using TorchAttention.Tests.Support;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Kernels;

/// <summary>
/// Capped scores, biases and sinks on the flexible kernel: context, weights and the gradients of everything that learns are those of
/// the dense one, over random sizes, ranks, masks and precisions.
/// </summary>
public class Modified
{
    private const long Dim = 11;
    private const int Seeds = 8;

    private static readonly Dictionary<string, Func<Subject, Data, AttentionBias?>> Biases = new()
    {
        ["none"] = (_, _) => null,
        ["ALiBi"] = (subject, _) => AttentionBias.Alibi(subject.Heads),
        ["relative"] = (subject, data) => AttentionBias.Relative(subject.Learned(data, subject.Heads, 41)),
        ["relative, all heads alike"] = (subject, data) => AttentionBias.Relative(subject.Learned(data, 41)),
        ["buckets"] = (subject, data) => AttentionBias.RelativeBuckets(subject.Learned(data, subject.Heads, 12), data.Next(2) == 0, 30),
        ["ALiBi and relative"] = (subject, data) => AttentionBias.Alibi(subject.Heads) + AttentionBias.Relative(subject.Learned(data, subject.Heads, 9)),
    };

    /// <summary>Each part alone and all parts together: every combination is a kernel of its own to compile.</summary>
    public static IEnumerable<TheoryDataRow<string, bool, string>> Cases =>
    [
        new("none", true, "softmax"), new("none", false, "a sink"), new("none", false, "a sink for each head"),
        .. Biases.Keys.Where(bias => bias != "none").Select(bias => new TheoryDataRow<string, bool, string>(bias, false, "softmax")),
        new("ALiBi", true, "softmax"), new("ALiBi and relative", true, "a sink for each head"),
    ];

    [Theory]
    [MemberData(nameof(Cases))]
    public void AgreesWithTheDenseOne(string bias, bool isCapped, string rows)
    {
        for (var seed = 0; seed < Seeds; seed++) Check(bias, isCapped, rows, seed, ScalarType.Float32);
        Check(bias, isCapped, rows, Seeds, ScalarType.BFloat16);
    }

    private static void Check(string biasName, bool isCapped, string rows, int seed, ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        var data = new Data(seed);
        var leading = Sizes.Leading(2 + seed % 3);
        var (l, s) = (1 + data.Next(300), 1 + data.Next(300));
        var subject = new Subject(dtype, leading.Length == 0 ? 1 : leading[^1]);
        Tensor[] inputs = [subject.Learned(data, [.. leading, l, Dim]), subject.Learned(data, [.. leading, s, Dim]), subject.Learned(data, [.. leading, s, 7])];
        var bias = Biases[biasName](subject, data);
        var mask = KernelTests.Mask(false, data, leading, s);
        using Normalizer normalizer = rows == "softmax" ? new Softmax() : new AttentionSink(rows == "a sink" ? 1 : subject.Heads);
        foreach (var parameter in normalizer.parameters()) subject.Leaves.Add(parameter);
        using Score score = isCapped ? new SoftcapScore(new ScaledDotScore(Dim), 1.5) : new ScaledDotScore(Dim);
        var shape = AttentionShape.Of(inputs[0], inputs[1], inputs[2]);
        var call = new AttentionCall(
            inputs[0], inputs[1], inputs[2], mask?.Meeting(shape), bias?.AddedTo(shape), NeedWeights: data.Next(2) == 0);
        var upstream = (data.Normal(dtype, [.. leading, l, 7]), data.Normal(dtype, [.. leading, l, s]));
        Assert.Same(Kernel.Flexible, Kernel.Select(new KernelCall(score, normalizer, call, 0)));

        var actual = subject.Run(Kernel.Flexible, new(score, normalizer, call, 0), upstream);
        var expected = subject.Run(Kernel.Dense, new(score, normalizer, call, 0), upstream);

        // Some hundred terms, summed in another order; a table's entry sums over all pairs. In bfloat16 the dense one rounds scores and weights.
        var epsilon = dtype == ScalarType.Float32 ? 300 * Close.Epsilon(dtype) : 12 * Close.Epsilon(dtype);
        foreach (var (what, numbers) in expected)
        {
            var close = new Close($"{dtype} sums of up to 300 terms in another order", epsilon * Math.Max(1, numbers.Largest), epsilon);
            close.Check(actual[what], numbers, $"{what} of ({l}, {s}), seed {seed}");
        }
    }

    /// <summary>What learns in one case.</summary>
    private sealed record Subject(ScalarType DType, long Heads)
    {
        internal List<Tensor> Leaves { get; } = [];

        internal Tensor Learned(Data data, params long[] shape)
        {
            Leaves.Add(data.Normal(DType, shape).requires_grad_());
            return Leaves[^1];
        }

        internal Dictionary<string, Grid> Run(Kernel kernel, KernelCall call, (Tensor Context, Tensor Weights) upstream)
        {
            using var scope = NewDisposeScope();
            foreach (var leaf in Leaves) leaf.grad = null;
            var output = kernel.Attend(call);
            var loss = (output.Context * upstream.Context).sum();
            var result = new Dictionary<string, Grid> { ["context"] = Grid.Of(output.Context) };
            if (call.Inputs.NeedWeights)
            {
                result["weights"] = Grid.Of(output.Weights);
                loss = Numbers.Sum(loss, (output.Weights * upstream.Weights).sum());
            }
            loss.backward(retain_graph: true); // both kernels go on from the bias that was made for one call
            foreach (var leaf in Leaves) result[$"gradient {result.Count} ({string.Join(", ", leaf.shape)})"] = Grid.Of(leaf.grad!);
            return result;
        }
    }
}
