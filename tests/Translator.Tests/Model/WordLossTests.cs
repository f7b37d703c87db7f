using TorchSharp;
using Translator.Model;
using Xunit;
using static TorchSharp.torch;

namespace Translator.Tests.Model;

public class WordLossTests
{
    /// <summary>
    /// Against torch's own in double precision. Single precision keeps 2⁻²⁴ of each of some hundred terms; bfloat16 keeps 2⁻⁸ of a
    /// gradient, which is rounded to it once.
    /// </summary>
    [Theory]
    [InlineData(ScalarType.Float32, 0.1, 131, 1e-5)]
    [InlineData(ScalarType.Float32, 0.0, 128, 1e-5)]
    [InlineData(ScalarType.Float32, 0.3, 7, 1e-5)]
    [InlineData(ScalarType.BFloat16, 0.1, 131, 1.0 / 256)]
    [InlineData(ScalarType.Float64, 0.1, 131, 1e-12)]
    public void LossAndGradientAreThoseOfCrossEntropy(ScalarType dtype, double smoothing, int words, double tolerance)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(1, CPU);
        var scores = (randn([37, words], dtype: ScalarType.Float32, device: CPU, generator: generator) * 5).to(dtype);
        var next = randint(0, words, [37], dtype: ScalarType.Int64, device: CPU, generator: generator);
        var (exact, ours) = (scores.to(ScalarType.Float64, copy: true).requires_grad_(), scores.clone().requires_grad_());
        var expected = nn.functional.cross_entropy(exact, next, label_smoothing: smoothing);
        var loss = WordLoss.Of(ours.alias(), next, smoothing);

        (expected * 0.7).backward();
        (loss * 0.7).backward();

        Assert.Equal(expected.item<double>(), loss.to(ScalarType.Float64).item<double>(), 1e-5);
        var (wanted, found) = (exact.grad!.data<double>().ToArray(), ours.grad!.to(ScalarType.Float64).data<double>().ToArray());
        var largest = wanted.Max(Math.Abs);
        Assert.All(wanted.Zip(found), pair => Assert.Equal(pair.First, pair.Second, tolerance * largest));
    }

    [Fact]
    public void HugeScoresStayFinite()
    {
        using var scope = NewDisposeScope();
        var scores = tensor(new[] { 1e4f, -1e4f, 0, 3e38f, -3e38f, 0 }, [2, 3], device: CPU).requires_grad_();
        var loss = WordLoss.Of(scores.alias(), tensor(new[] { 0L, 0 }, device: CPU), 0);
        loss.backward();
        Assert.Equal(0, loss.item<float>());
        Assert.All(scores.grad!.data<float>().ToArray(), gradient => Assert.Equal(0, gradient));
    }

    [Fact]
    public void LeavesOneTensor()
    {
        using var scope = NewDisposeScope();
        var scores = randn([5, 7], device: CPU).requires_grad_();
        var words = tensor(new[] { 0L, 1, 2, 3, 4 }, device: CPU);
        var live = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        using var loss = WordLoss.Of(scores, words, 0.1);
        // The gradient is kept beside it for the backward pass, by torch and by the scope.
        Assert.InRange(DisposeScopeManager.Statistics.ThreadTotalLiveCount - live, 1, 1);
    }
}
