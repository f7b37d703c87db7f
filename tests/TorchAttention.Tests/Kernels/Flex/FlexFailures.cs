using TorchAttention.Tests.Support;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Kernels.Flex;

/// <summary>A modification that throws: the caller gets an exception, from any pass, and the process lives on.</summary>
[Collection(nameof(SafeBackwardTests))]
public class FlexFailures
{
    private static readonly FlexSizes Sizes = new(1, 2, 1, 101, 203, 8, 8);

    [Fact]
    public void InForwardItComesOut()
    {
        using var scope = NewDisposeScope();
        var (query, key, value) = Sizes.Inputs(new Data(83));
        var gain = ones(1, dtype: ScalarType.Float32, device: CPU);
        var modification = new Failing(gain, inForward: true);
        Assert.Throws<FailureException>(() => FlexAttention.Attend(query, key, value, modification));
        Assert.Throws<FailureException>(() => FlexAttention.Attend(query.requires_grad_(), key, value, modification));
    }

    /// <summary>Whatever the modification owns and whichever input wants a gradient; a number alone has no shape to be refused by.</summary>
    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 1)]
    [InlineData(false, 3)]
    [InlineData(false, 0)]
    public void InBackwardItMakesBackwardFail(bool ofQuery, int count)
    {
        using var scope = NewDisposeScope();
        var (query, key, value) = Sizes.Inputs(new Data(84));
        var gain = (count == 0 ? ones([], dtype: ScalarType.Float32, device: CPU) : ones(count, dtype: ScalarType.Float32, device: CPU)).requires_grad_(!ofQuery);
        query.requires_grad_(ofQuery);
        var context = FlexAttention.Attend(query, key, value, new Failing(gain, inForward: false));

        Assert.ThrowsAny<Exception>(() => context.sum().backward());

        Assert.IsType<FailureException>(FlexAttention.BackwardFailure);
        // The next one is as good as ever.
        FlexAttention.Attend(query.requires_grad_(), key, value, new NoModification()).sum().backward();
        Assert.True(query.grad!.isfinite().all().item<bool>());
    }

    private sealed class FailureException : Exception;

    /// <summary>Scores times a gain, whose derivative nobody gets.</summary>
    private readonly struct Failing(Tensor gain, bool inForward) : IScoreModification
    {
        public IReadOnlyList<Tensor> Parameters => [gain];

        public TLanes Modify<TLanes>(TLanes scores, TLanes keys, in ScorePosition at)
            where TLanes : struct, ILanes<TLanes> => inForward ? throw new FailureException() : scores;

        public TLanes Derivative<TLanes>(TLanes scores, TLanes modified, TLanes keys, in ScorePosition at)
            where TLanes : struct, ILanes<TLanes> => throw new FailureException();
    }
}
