using TorchAttention.Tests.Conventions;
using TorchAttention.Tests.Support;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Normalizers;

/// <summary>Entmax on both of its ways, row by row and in operations of torch; its α; its derivatives.</summary>
[Collection(nameof(DefaultDevice))]
public class EntmaxTests
{
    private static readonly double[] Alphas = [1.05, 1.3, 1.5, 1.8, 2, 2.5];

    public static IEnumerable<TheoryDataRow<double, ScalarType>> Product =>
        from alpha in Alphas
        from dtype in new[] { ScalarType.Float64, ScalarType.Float32 }
        select new TheoryDataRow<double, ScalarType>(alpha, dtype);

    public static IEnumerable<TheoryDataRow<double>> AlphaRows => Alphas.Select(alpha => new TheoryDataRow<double>(alpha));

    /// <summary>The way of other devices, and of derivatives of derivatives; with absent entries, and with a row of nothing.</summary>
    [Theory]
    [MemberData(nameof(Product))]
    public void RowsAgreeWithTensors(double alpha, ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var data = new Data(21);
        var absent = data.Bool(0.2, 2, 3, 5, 101);
        absent[1, 2, 3] = tensor(true, dtype: ScalarType.Bool, device: CPU);
        var scores = data.Normal(dtype, 2, 3, 5, 101).Times(2).Fill(absent, double.NegativeInfinity);
        var upstream = data.Normal(dtype, 2, 3, 5, 101).Fill(absent, double.PositiveInfinity); // which must not matter there
        var number = tensor(alpha, dtype: dtype, device: CPU);

        var weights = EntmaxRows.Weights(scores, alpha, null, null);

        // A weight p = r^β has β times the relative error of its residual.
        var close = new Close("two thresholds of one precision", 64 / Math.Min(alpha - 1, 1) * Close.Epsilon(dtype));
        close.Check(EntmaxTensors.Weights(scores, number), weights, "weights");
        var (gradient, _) = EntmaxTensors.Gradients(weights, upstream, number);
        Close.Reordered(dtype).Check(EntmaxRows.Gradient(weights, upstream, alpha), gradient, "gradient");
    }

    /// <summary>Sizes around a vector's, whose last one is filled up.</summary>
    [Theory]
    [MemberData(nameof(Product))]
    public void AnySizeIsWhole(double alpha, ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        var data = new Data(22);
        for (var size = 1; size < 36; size++)
        {
            var scores = data.Normal(dtype, 3, size);
            var expected = Grid.Of(scores);
            for (var i = 0L; i < 3; i++) RowOracle.Entmax(expected.Row([], i).ToArray(), alpha).CopyTo(expected.Row([], i));
            new Close("a threshold of this precision", 64 / Math.Min(alpha - 1, 1) * Close.Epsilon(dtype))
                .Check(EntmaxRows.Weights(scores, alpha, null, null), expected, $"weights of {size} keys");
        }
    }

    /// <summary>A mask is read where it lies, whatever dimensions it has and in whatever order.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(1.5)]
    public void AnyMaskThatBroadcastsIsRead(double alpha)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var data = new Data(25);
        var scores = data.Normal(ScalarType.Float32, 2, 3, 5, 21);
        Tensor[] masks =
        [
            .. new long[][] { [], [1], [21], [5, 1], [5, 21], [3, 1, 21], [3, 5, 1], [2, 1, 1, 21], [2, 3, 5, 21] }.Select(shape => data.Bool(0.5, shape)),
            data.Bool(0.5, 21, 5).transpose(0, 1),
            data.Bool(0.5, 5, 42).slice(-1, 1, 42, 2),
            data.Bool(0.5, 3, 2, 5, 21).transpose(0, 1),
            data.Bool(0.5, 7, 21).narrow(0, 2, 5),
        ];
        foreach (var mask in masks)
        {
            var expected = EntmaxRows.Weights(scores.Fill(mask.logical_not(), double.NegativeInfinity), alpha, null, null);
            Close.Exact.Check(EntmaxRows.Weights(scores, alpha, null, mask), expected, $"weights under {string.Join(" x ", mask.shape)}");
        }
    }

    [Fact]
    public void ThreadsChangeNothing()
    {
        using var scope = NewDisposeScope();
        var scores = new Data(23).Normal(7, 11, 3001).requires_grad_();
        var upstream = new Data(24).Normal(7, 11, 3001);
        var runs = new List<Grid>();
        foreach (var threads in new[] { 1, 3 })
        {
            set_num_threads(threads);
            try
            {
                scores.grad = null;
                var weights = EntmaxFunction.Apply(scores, 1.5);
                weights.backward([upstream]);
                runs.AddRange(Grid.Of(weights), Grid.Of(scores.grad!));
            }
            finally
            {
                set_num_threads(1);
            }
        }
        Close.Exact.Check(runs[2], runs[0], "weights");
        Close.Exact.Check(runs[3], runs[1], "gradient");
    }

    [Theory]
    [MemberData(nameof(AlphaRows))]
    public void IsTwiceDifferentiable(double alpha)
    {
        using var scope = NewDisposeScope();
        var data = new Data(29);
        var scores = data.Normal(3, 5).requires_grad_();
        var upstream = data.Normal(3, 5).requires_grad_();
        var allowed = data.Bool(0.6, 3, 5);
        allowed[1] = tensor(false, dtype: ScalarType.Bool, device: CPU);
        var number = tensor(alpha, dtype: ScalarType.Float64, device: CPU).requires_grad_();
        var direction = data.Normal(3, 5);

        GradCheck.Check(() => Slope(() => EntmaxFunction.Apply(scores, alpha)), ("scores", scores), ("upstream", upstream));
        GradCheck.Check(
            () => Slope(() => EntmaxFunction.Apply(scores, number)), ("scores", scores), ("upstream", upstream), ("alpha", number));
        GradCheck.Check(
            () => Slope(() => EntmaxFunction.Apply(scores, number, allowed)), ("scores", scores), ("upstream", upstream), ("alpha", number));

        // The derivative of the scores in some direction, also where the check itself wants no gradient.
        Tensor Slope(Func<Tensor> weights)
        {
            using var inner = NewDisposeScope();
            using var gradients = enable_grad();
            var gradient = autograd.grad([weights()], [scores], [upstream], create_graph: true)[0];
            return (gradient * direction).sum().MoveToOuterDisposeScope();
        }
    }

    [Theory]
    [InlineData(1.02)]
    [InlineData(1.5)]
    [InlineData(1.98)]
    public void StartsWithTheGivenAlpha(double alpha)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var learnable = new Entmax(alpha, learnable: true, heads: 3);
        using var given = new Entmax(alpha);
        var scores = new Data(26).Normal(ScalarType.Float32, 2, 3, 5, 7);
        new Close("an α near 1 from a float32 logit", 256 * Close.Epsilon(ScalarType.Float32))
            .Check(learnable.call(scores, null), given.call(scores, null), "weights");
    }

    /// <summary>However far the logit runs, α stays where entmax is defined.</summary>
    [Theory]
    [InlineData(-1e30, 1.01)]
    [InlineData(1e30, 2)]
    public void AlphaStaysInItsRange(double logit, double alpha)
    {
        using var scope = NewDisposeScope();
        using var learnable = new Entmax(1.5, learnable: true);
        using (no_grad()) learnable.parameters().Single().fill_(logit);
        using var given = new Entmax(alpha);
        var scores = new Data(26).Normal(ScalarType.Float32, 2, 3, 5, 7);
        var weights = learnable.call(scores, null);
        new Close("an α near 1 from a float32 logit", 256 * Close.Epsilon(ScalarType.Float32)).Check(weights, given.call(scores, null), "weights");
        weights.Squared().sum().backward();
        Assert.True(learnable.parameters().Single().grad!.isfinite().all().item<bool>());
    }

    /// <summary>Almost softmax, with an exponent of a hundred.</summary>
    [Fact]
    public void TheLeastAlphaIsNearSoftmax()
    {
        using var scope = NewDisposeScope();
        using var entmax = new Entmax(1.0001);
        var scores = new Data(27).Normal(5, 31);
        new Close("the distance of α from 1, times squares of the scores", 0.0001 * 8).Check(entmax.call(scores, null), scores.softmax(-1), "weights");
    }

    /// <summary>What is not a number shows, as it does in softmax, and only in its own row; what is absent stays zero.</summary>
    [Theory]
    [MemberData(nameof(AlphaRows))]
    public void NaNSpoilsItsRow(double alpha)
    {
        using var scope = NewDisposeScope();
        var scores = new Data(28).Normal(5, 31);
        scores[2, 7] = tensor(double.NaN, dtype: ScalarType.Float64, device: CPU);
        scores[3, 7] = tensor(double.PositiveInfinity, dtype: ScalarType.Float64, device: CPU);
        var spoilt = EntmaxFunction.Apply(scores, alpha).isnan();
        Close.Exact.Check(spoilt.all(-1), new Grid([5], [0, 0, 1, 1, 0]), "rows that are spoilt");
        Close.Exact.Check(spoilt.any(-1), new Grid([5], [0, 0, 1, 1, 0]), "rows that are touched");

        var allowed = Numbers.Range(0, 31, ScalarType.Int64, CPU).AtLeast(6);
        var weights = EntmaxFunction.Apply(scores.requires_grad_(), alpha, allowed);
        weights.backward([new Data(29).Normal(5, 31)]);
        var expected = allowed.logical_and(spoilt);
        Close.Exact.Check(weights.isnan(), Grid.Of(expected), "weights that are spoilt");
        Close.Exact.Check(scores.grad!.isnan(), Grid.Of(expected), "gradients that are spoilt");
    }
}
