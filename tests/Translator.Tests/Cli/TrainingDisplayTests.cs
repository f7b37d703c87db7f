using Translator.Cli;
using Xunit;

namespace Translator.Tests.Cli;

/// <summary>How a training shows itself.</summary>
public class TrainingDisplayTests
{
    [Theory]
    [InlineData(0, "00:00")]
    [InlineData(3599, "59:59")]
    [InlineData(3600, "1:00:00")]
    [InlineData(93784, "26:03:04")]
    public void TimeHasItsHours(int seconds, string shown) =>
        Assert.Equal(shown, TrainingDisplay.Clock(TimeSpan.FromSeconds(seconds)));
}
