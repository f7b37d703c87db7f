using Xunit;

namespace TorchAttention.Tests.Normalizers;

/// <summary>The annealing of Jang, Gu and Poole.</summary>
public class TemperatureScheduleTests
{
    [Theory]
    [InlineData(0, 2)]
    [InlineData(1, 1.8096748360719191)] // 2 e^-0.1
    [InlineData(10, 0.73575888234288467)] // 2 / e
    [InlineData(13, 0.54506358606802504)]
    [InlineData(14, 0.5)] // 2 e^-1.4 is 0.493
    [InlineData(long.MaxValue, 0.5)]
    public void FallsToItsFloor(long step, double temperature) =>
        Assert.Equal(temperature, new TemperatureSchedule(2, 0.5, 0.1).At(step), 1e-15);

    [Fact]
    public void WithoutARateItStays() => Assert.Equal(2, new TemperatureSchedule(2, 0.5, 0).At(long.MaxValue));

    [Fact]
    public void EstimatorsTakeIt()
    {
        using var gumbel = new Gumbel();
        using var straightThrough = new StraightThrough(3);
        Assert.Equal((1, 3), (gumbel.Temperature, straightThrough.Temperature));
        gumbel.Temperature = straightThrough.Temperature = new TemperatureSchedule(2, 0.5, 0).At(0);
        Assert.Equal((2, 2), (gumbel.Temperature, straightThrough.Temperature));
        Assert.Throws<ArgumentOutOfRangeException>(() => gumbel.Temperature = double.NaN);
        Assert.Equal(2, gumbel.Temperature);
    }
}
