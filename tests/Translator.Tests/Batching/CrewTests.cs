using Translator.Batching;
using Xunit;

namespace Translator.Tests.Batching;

public class CrewTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void EveryoneDoesItsPartEveryTime(int size)
    {
        using var crew = new Crew(size);
        var done = new int[size];
        for (var run = 0; run < 100; run++) crew.Run(number => done[number]++);
        Assert.All(done, count => Assert.Equal(100, count));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void AFailureReachesTheCallerAndEndsNothing(int size)
    {
        using var crew = new Crew(size);
        Assert.Throws<InvalidOperationException>(() => crew.Run(number =>
        {
            if (number == size - 1) throw new InvalidOperationException();
        }));
        var done = new int[size];
        crew.Run(number => done[number]++);
        Assert.All(done, count => Assert.Equal(1, count));
    }

    /// <summary>All at the same time, else this would not end.</summary>
    [Fact]
    public void TheyWorkSideBySide()
    {
        using var crew = new Crew(3);
        using var meeting = new Barrier(3);
        crew.Run(_ => meeting.SignalAndWait());
        Assert.Equal(1, meeting.CurrentPhaseNumber);
    }
}
