using Translator.Training;
using Xunit;

namespace Translator.Tests.Training;

public class LearningRateTests
{
    [Theory]
    [InlineData(Schedule.Cosine, 0.525, 0.05)]
    [InlineData(Schedule.Linear, 0.5, 0)]
    [InlineData(Schedule.InverseSquareRoot, 0.5, 0.25)]
    [InlineData(Schedule.Constant, 1, 1)]
    public void WarmsUpThenGoesDown(Schedule schedule, double half, double end)
    {
        var rate = new LearningRate(schedule, Greatest: 2, WarmUp: 100);

        Assert.Equal(0.02, rate.At(step: 0, fraction: 0), 1e-9);
        Assert.Equal(1, rate.At(step: 49, fraction: 0), 1e-9);
        Assert.Equal(2, rate.At(step: 99, fraction: 0), 1e-9);
        Assert.Equal(2 * half, rate.At(step: 399, fraction: 0.5), 1e-9);
        Assert.Equal(2 * end, rate.At(step: 1599, fraction: 1), 1e-9);
    }

    [Fact]
    public void StartsAtItsGreatestWithoutAWarmUp() =>
        Assert.All(Enum.GetValues<Schedule>(), schedule => Assert.Equal(2, new LearningRate(schedule, 2, WarmUp: 0).At(step: 0, fraction: 0), 1e-9));
}
