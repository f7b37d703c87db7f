using System.Diagnostics;

namespace TorchAttention.Benchmarks.Measuring;

/// <summary>One of two sides, warmed up. Its settings are put in force before each sample, untimed.</summary>
internal sealed class Side
{
    private const double ShortestSample = 0.02; // seconds: below, the clock and the scheduler show

    private readonly Action action;
    private readonly Action? settings;
    private readonly int runs;

    internal Side(Action action, Action? settings)
    {
        (this.action, this.settings, runs) = (action, settings, 1);
        Sample();
        runs = (int)Math.Clamp(Math.Ceiling(ShortestSample / Sample()), 1, 10_000);
    }

    /// <summary>The seconds of one run, as the mean of as many as a sample needs.</summary>
    internal double Sample()
    {
        settings?.Invoke();
        var start = Stopwatch.GetTimestamp();
        for (var run = 0; run < runs; run++) action();
        return Stopwatch.GetElapsedTime(start).TotalSeconds / runs;
    }
}
