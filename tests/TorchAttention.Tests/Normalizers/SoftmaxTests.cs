using TorchAttention.Tests.Support;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Normalizers;

/// <summary>Softmax where entries are absent, which on the CPU goes over the rows itself.</summary>
public class SoftmaxTests
{
    public static IEnumerable<TheoryDataRow<ScalarType>> Types => [new(ScalarType.Float64), new(ScalarType.Float32)];

    /// <summary>Sizes around a vector's, with and without the half of the entries; and what comes back.</summary>
    [Theory]
    [MemberData(nameof(Types))]
    public void AnySizeIsThatOfTheEntriesThatAreThere(ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        using var softmax = new Softmax();
        var data = new Data(22);
        for (var size = 1; size < 70; size++)
        {
            var allowed = data.Bool(0.5, 3, size);
            allowed[0] = tensor(true, dtype: ScalarType.Bool, device: CPU);
            var scores = data.Normal(dtype, 2, 3, size).Times(3).requires_grad_();
            var upstream = data.Normal(dtype, 2, 3, size);

            var weights = softmax.call(scores, allowed);
            weights.backward([upstream]);

            var present = allowed.to(dtype);
            var exponentials = (scores - scores.amax([-1], keepdim: true)).exp() * present;
            var expected = exponentials / exponentials.sum(-1, keepdim: true).Fill(present.sum(-1, keepdim: true).Is(0), 1);
            Close.Reordered(dtype).Check(weights, expected, $"weights of {size} keys");
            var gradient = expected * (upstream - (expected * upstream).sum(-1, keepdim: true));
            Close.Reordered(dtype).Check(scores.grad!, gradient, $"gradient of {size} keys");
        }
    }

    [Fact]
    public void IsTwiceDifferentiable()
    {
        using var scope = NewDisposeScope();
        using var softmax = new Softmax();
        var data = new Data(29);
        var (scores, upstream) = (data.Normal(3, 5).requires_grad_(), data.Normal(3, 5).requires_grad_());
        var allowed = data.Bool(0.6, 3, 5);
        allowed[1] = tensor(false, dtype: ScalarType.Bool, device: CPU);
        var direction = data.Normal(3, 5);
        GradCheck.Check(Slope, ("scores", scores), ("upstream", upstream));

        // The derivative of the scores in some direction, also where the check itself wants no gradient.
        Tensor Slope()
        {
            using var inner = NewDisposeScope();
            using var gradients = enable_grad();
            var gradient = autograd.grad([softmax.call(scores, allowed)], [scores], [upstream], create_graph: true)[0];
            return (gradient * direction).sum().MoveToOuterDisposeScope();
        }
    }

    /// <summary>What is not a number shows, and only in its own row; what is absent stays zero.</summary>
    [Theory]
    [MemberData(nameof(Types))]
    public void NaNSpoilsItsRow(ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        using var softmax = new Softmax();
        var scores = new Data(28).Normal(dtype, 5, 31);
        scores[2, 7] = tensor(double.NaN, dtype: dtype, device: CPU);
        scores[3, 7] = tensor(double.PositiveInfinity, dtype: dtype, device: CPU);
        var allowed = Numbers.Range(0, 31, ScalarType.Int64, CPU).AtLeast(6);

        var weights = softmax.call(scores, allowed);

        Close.Exact.Check(weights.isnan().narrow(-1, 6, 25).all(-1), new Grid([5], [0, 0, 1, 1, 0]), "rows that are spoilt");
        Close.Exact.Check(weights.isnan().any(-1), new Grid([5], [0, 0, 1, 1, 0]), "rows that are touched");
        Close.Exact.Check(weights.narrow(-1, 0, 6), zeros_like(weights.narrow(-1, 0, 6)), "weights of what is not allowed");
    }
}
