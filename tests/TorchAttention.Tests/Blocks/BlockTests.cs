using TorchAttention.Tests.Errors;
using TorchAttention.Tests.Support;
using TorchSharp;
using TorchSharp.Modules;
using Xunit;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Blocks;

/// <summary>What each block computes, where PyTorch's numbers do not tell, and what its options do.</summary>
public class BlockTests
{
    private static readonly TransformerOptions Options = new() { EmbedDim = 6, NumHeads = 2, FeedForwardDim = 5 };

    [Theory]
    [InlineData(1e-5)]
    [InlineData(0.5)]
    public void RmsNormDividesByTheRootMeanSquare(double epsilon)
    {
        using var scope = NewDisposeScope();
        using var norm = Block.Seed(new RMSNorm(Sizes.QueryDim, epsilon));
        var input = new Data(2).Normal(Sizes.Batch, Sizes.Queries, Sizes.QueryDim);
        var (numbers, weight) = (Grid.Of(input), Grid.Of(norm.parameters().Single()).Numbers);
        var expected = Grid.Zeros(numbers.Shape);
        foreach (var batch in Grid.Indices([Sizes.Batch]))
        {
            for (var i = 0L; i < Sizes.Queries; i++)
            {
                var row = numbers.Row(batch, i);
                var root = Math.Sqrt(ScoreKind.Product(row, row) / row.Length + epsilon);
                for (var n = 0; n < row.Length; n++) expected.Row(batch, i)[n] = row[n] / root * weight[n];
            }
        }
        Close.Reordered(ScalarType.Float64).Check(norm.call(input), expected, "output");
    }

    /// <summary>Squares of large numbers are none in float16, and inexact in bfloat16: they are summed in float32.</summary>
    [Fact]
    public void RmsNormCountsInFloat32()
    {
        using var scope = NewDisposeScope();
        using var norm = new RMSNorm(1024);
        var input = new Data(2).Normal(ScalarType.BFloat16, 5, 1024);
        var expected = norm.call(input.to(ScalarType.Float32));
        norm.to(ScalarType.BFloat16);
        // Rounded once; half a unit of the last place of numbers up to 4 is 2^-7.
        new Close("one rounding to bfloat16", Close.Epsilon(ScalarType.BFloat16)).Check(norm.call(input), expected, "output");
    }

    public static IEnumerable<TheoryDataRow<Activation, bool>> FeedForwards =>
        from activation in Enum.GetValues<Activation>()
        from gated in new[] { false, true }
        select new TheoryDataRow<Activation, bool>(activation, gated);

    [Theory]
    [MemberData(nameof(FeedForwards))]
    public void FeedForwardIsItsFormula(Activation activation, bool gated)
    {
        using var scope = NewDisposeScope();
        using var network = Block.Seed(new FeedForward(3, 5, activation, gated));
        var parameters = network.state_dict().ToDictionary(entry => entry.Key, entry => Grid.Of(entry.Value));
        var input = new Data(2).Normal(7, 3);
        var (vectors, expected) = (Grid.Of(input), Grid.Zeros(7, 3));
        for (var i = 0L; i < 7; i++)
        {
            var hidden = Affine("linear1", vectors.Row([], i));
            var activated = hidden[..5].Select((x, n) => Apply(x) * (gated ? hidden[5 + n] : 1)).ToArray();
            Affine("linear2", activated).CopyTo(expected.Row([], i));
        }
        // erf is known here to fourteen digits, from its series.
        new Close("sums of a dozen terms, and an error function to 1e-13", 1e-12).Check(network.call(input), expected, "output");

        double[] Affine(string name, ReadOnlySpan<double> x)
        {
            var (weight, bias) = (parameters[name + ".weight"], parameters[name + ".bias"].Numbers);
            var result = new double[bias.Length];
            for (var n = 0; n < result.Length; n++) result[n] = bias[n] + ScoreKind.Product(weight.Row([], n), x);
            return result;
        }

        double Apply(double x) => activation switch
        {
            Activation.ReLU => Math.Max(x, 0),
            Activation.GELU => x * (1 + Erf(x / Math.Sqrt(2))) / 2,
            _ => x / (1 + Math.Exp(-x)),
        };
    }

    /// <summary>In training two calls differ, in eval mode they do not; without dropout, training changes nothing.</summary>
    [Theory]
    [InlineData(0.0)]
    [InlineData(0.5)]
    public void DropoutFollowsTraining(double dropout)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var input = new Data(2).Normal(64, Sizes.Queries, 6);
        foreach (var (module, call) in new (nn.Module, Func<nn.Module, Tensor>)[]
        {
            (new EncoderLayer(Options with { Dropout = dropout }), module => ((EncoderLayer)module).call(input)),
            (new DecoderLayer(Options with { Dropout = dropout }), module => ((DecoderLayer)module).call(input, input)),
            (new FeedForward(6, 5, dropout: dropout), module => ((FeedForward)module).call(input)),
        })
        {
            Block.Seed(module);
            var plain = call(module);
            Close.Exact.Check(call(module), plain, "a second call in eval mode");
            module.train();
            var (first, second) = (call(module), call(module));
            Assert.Equal(dropout == 0, first.equal(plain).all().item<bool>());
            Assert.Equal(dropout == 0, first.equal(second).all().item<bool>());
            module.Dispose();
        }
    }

    /// <summary>PyTorch's options are told by its own numbers; the others by the parts that are made of them.</summary>
    [Fact]
    public void OptionsChooseTheParts()
    {
        using var scope = NewDisposeScope();
        using var encoder = new Encoder(
            Options with
            {
                Norm = NormKind.RMS,
                SelfAttention = () => new HardAttention(3, 3, 3),
                Rotary = () => new RotaryEmbedding(2),
            },
            layers: 3, finalNorm: true);
        var modules = encoder.modules().ToList();
        Assert.Equal(3, modules.OfType<HardAttention>().Count());
        Assert.Equal(3, modules.OfType<RotaryEmbedding>().Count());
        Assert.Equal(7, modules.OfType<RMSNorm>().Count());
        Assert.Empty(modules.OfType<LayerNorm>());

        using var decoder = new Decoder(Options with { CrossAttention = () => new LocalAttention(3, 3, 3, 1, 1) }, layers: 2);
        Assert.Equal(2, decoder.modules().OfType<LocalAttention>().Count());
        Assert.Equal(2, decoder.modules().OfType<ScaledDotProductAttention>().Count());

        using var layer = new EncoderLayer(Options with { FeedForwardDim = null });
        Assert.Equal([4 * Options.EmbedDim, Options.EmbedDim], layer.state_dict()["linear1.weight"].shape);
    }

    /// <summary>A norm at the end for layers that have none there, or as one wishes.</summary>
    [Theory]
    [InlineData(false, null, false)]
    [InlineData(true, null, true)]
    [InlineData(false, true, true)]
    [InlineData(true, false, false)]
    public void TheFinalNormIsWhereItIsMissing(bool preNorm, bool? finalNorm, bool expected)
    {
        using var scope = NewDisposeScope();
        var options = Options with { PreNorm = preNorm };
        using var encoder = new Encoder(options, 2, finalNorm);
        using var decoder = new Decoder(options, 2, finalNorm);
        Assert.Equal(expected, encoder.state_dict().ContainsKey("norm.weight"));
        Assert.Equal(expected, decoder.state_dict().ContainsKey("norm.weight"));
    }

    private static readonly (string Argument, Action Action)[] Wrong =
    [
        ("dim", () => new RMSNorm(0)), ("epsilon", () => new RMSNorm(3, 0)), ("epsilon", () => new RMSNorm(3, double.NaN)),
        ("dim", () => new FeedForward(0, 3)), ("hiddenDim", () => new FeedForward(3, 0)),
        ("activation", () => new FeedForward(3, 5, (Activation)3)), ("dropout", () => new FeedForward(3, 5, dropout: 1)),
        ("EmbedDim", () => _ = Options with { EmbedDim = 0 }), ("NumHeads", () => _ = Options with { NumHeads = -1 }),
        ("KeyValueHeads", () => _ = Options with { KeyValueHeads = 0 }), ("FeedForwardDim", () => _ = Options with { FeedForwardDim = 0 }),
        ("Dropout", () => _ = Options with { Dropout = 1 }), ("Norm", () => _ = Options with { Norm = (NormKind)2 }),
        ("Epsilon", () => _ = Options with { Epsilon = 0 }), ("Activation", () => _ = Options with { Activation = (Activation)3 }),
        ("options", () => new EncoderLayer(null!)), ("options", () => new DecoderLayer(null!)),
        ("options", () => new Encoder(null!, 1)), ("options", () => new Decoder(null!, 1)),
        ("options", () => new EncoderLayer(Options with { NumHeads = 4 })),
        ("options", () => new DecoderLayer(Options with { KeyValueHeads = 3 })),
        ("layers", () => new Encoder(Options, 0)), ("layers", () => new Decoder(Options, -1)),
        ("inner", () => new EncoderLayer(Options with { SelfAttention = () => new HardAttention(6, 6, 6) })),
        ("rotary", () => new EncoderLayer(Options with { Rotary = () => new RotaryEmbedding(4) })),
    ];

    public static IEnumerable<TheoryDataRow<int, string>> WrongCases => Wrong.Select((entry, i) => new TheoryDataRow<int, string>(i, entry.Argument));

    [Theory]
    [MemberData(nameof(WrongCases))]
    public void ArgumentsAreChecked(int index, string argument)
    {
        using var scope = NewDisposeScope();
        var exception = Assert.ThrowsAny<ArgumentException>(Wrong[index].Action);
        Assert.Equal(argument, exception.ParamName);
    }

    /// <summary>The error function by its Maclaurin series, which converges everywhere.</summary>
    private static double Erf(double x)
    {
        var (sum, term) = (0.0, x);
        for (var n = 0; n < 200; n++)
        {
            sum += term / (2 * n + 1);
            term *= -x * x / (n + 1);
        }
        return 2 / Math.Sqrt(Math.PI) * sum;
    }
}
