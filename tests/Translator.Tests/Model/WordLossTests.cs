using TorchSharp;
using Translator.Model;
using Xunit;
using static TorchSharp.torch;

namespace Translator.Tests.Model;

public class WordLossTests
{
    /// <summary>
    /// Against torch's own in double precision, for fewer rows than have scores at once and for more. Single precision keeps 2⁻²⁴ of each of
    /// some hundred terms; bfloat16 keeps 2⁻⁸ of a score, of a score's gradient and of what comes of it.
    /// </summary>
    [Theory]
    [InlineData(ScalarType.Float32, 0.1, 37, 131, 1e-5)]
    [InlineData(ScalarType.Float32, 0.0, WordLoss.RowsAtOnce, 128, 1e-5)]
    [InlineData(ScalarType.Float32, 0.1, (2 * WordLoss.RowsAtOnce) + 33, 131, 1e-5)]
    [InlineData(ScalarType.Float32, 0.3, 1, 7, 1e-5)]
    [InlineData(ScalarType.BFloat16, 0.1, WordLoss.RowsAtOnce + 1, 131, 3.0 / 256)]
    [InlineData(ScalarType.Float64, 0.1, 37, 131, 1e-12)]
    public void LossAndGradientsAreThoseOfCrossEntropy(ScalarType dtype, double smoothing, int rows, int words, double tolerance)
    {
        const int size = 24;
        using var scope = NewDisposeScope();
        using var generator = new Generator(1, CPU);
        var next = randint(0, words, [rows], dtype: ScalarType.Int64, device: CPU, generator: generator);
        Tensor[] ours = [.. new long[][] { [rows, size], [words, size], [words] }
            .Select(shape => randn(shape, dtype: ScalarType.Float32, device: CPU, generator: generator).to(dtype).requires_grad_())];
        Tensor[] exact = [.. ours.Select(tensor => tensor.detach().to(ScalarType.Float64, copy: true).requires_grad_())];
        var expected = nn.functional.cross_entropy(exact[0].mm(exact[1].t()) + exact[2], next, label_smoothing: smoothing);
        var loss = WordLoss.Of(ours[0], new WordLayer(ours[1], ours[2]), next, smoothing);

        (expected * 0.7).backward();
        (loss * 0.7).backward();

        Assert.Equal(expected.item<double>(), loss.to(ScalarType.Float64).item<double>(), tolerance * expected.item<double>());
        foreach (var (wanted, found) in exact.Zip(ours, (wanted, found) => (Numbers(wanted.grad!), Numbers(found.grad!))))
        {
            var largest = wanted.Max(Math.Abs);
            Assert.All(wanted.Zip(found), pair => Assert.Equal(pair.First, pair.Second, tolerance * largest));
        }

        static double[] Numbers(Tensor tensor) => tensor.to(ScalarType.Float64).data<double>().ToArray();
    }

    /// <summary>As when a model is judged.</summary>
    [Fact]
    public void WithoutGradientsTheLossIsTheSame()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(1, CPU);
        var vectors = randn([WordLoss.RowsAtOnce + 5, 8], device: CPU, generator: generator);
        var layer = new WordLayer(randn([11, 8], device: CPU, generator: generator).requires_grad_(), zeros(11, device: CPU));
        var words = randint(0, 11, [vectors.size(0)], dtype: ScalarType.Int64, device: CPU, generator: generator);
        var trained = WordLoss.Of(vectors, layer, words, 0.1);
        using var noGradient = no_grad();
        var judged = WordLoss.Of(vectors, layer, words, 0.1);
        Assert.Equal(trained.item<float>(), judged.item<float>());
        Assert.False(judged.requires_grad);
        Assert.True(trained.requires_grad);
    }

    [Fact]
    public void HugeScoresStayFinite()
    {
        using var scope = NewDisposeScope();
        var scores = tensor(new[] { 1e4f, -1e4f, 0, 3e38f, -3e38f, 0 }, [2, 3], device: CPU).requires_grad_();
        var layer = new WordLayer(eye(3, device: CPU), zeros(3, device: CPU));
        var loss = WordLoss.Of(scores, layer, tensor(new[] { 0L, 0 }, device: CPU), 0);
        loss.backward();
        Assert.Equal(0, loss.item<float>());
        Assert.All(scores.grad!.data<float>().ToArray(), gradient => Assert.Equal(0, gradient));
    }

    [Fact]
    public void NoRowsHaveNoLoss()
    {
        using var scope = NewDisposeScope();
        var layer = new WordLayer(ones([3, 2], device: CPU).requires_grad_(), zeros(3, device: CPU));
        var loss = WordLoss.Of(zeros([0, 2], device: CPU), layer, zeros([0], ScalarType.Int64, CPU), 0.1);
        loss.backward();
        Assert.Equal(0, loss.item<float>());
        Assert.All(layer.Weight.grad!.data<float>().ToArray(), gradient => Assert.Equal(0, gradient));
    }

    [Fact]
    public void LeavesOneTensor()
    {
        using var scope = NewDisposeScope();
        var vectors = randn([5, 4], device: CPU).requires_grad_();
        var layer = new WordLayer(randn([7, 4], device: CPU).requires_grad_(), zeros(7, device: CPU).requires_grad_());
        var words = tensor(new[] { 0L, 1, 2, 3, 4 }, device: CPU);
        var live = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        using var loss = WordLoss.Of(vectors, layer, words, 0.1);
        // The gradients are kept beside it for the backward pass, by torch and by the scope.
        Assert.InRange(DisposeScopeManager.Statistics.ThreadTotalLiveCount - live, 1, 1);
    }
}
