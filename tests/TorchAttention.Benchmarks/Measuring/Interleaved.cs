using System.Diagnostics;
using static TorchSharp.torch;

namespace TorchAttention.Benchmarks.Measuring;

/// <summary>Times both ways in turns, so that whatever else the machine does falls on both.</summary>
internal sealed class Interleaved(TimeSpan budget, int leastPairs)
{
    /// <summary>The figures of a case, or null if it was stopped.</summary>
    internal Figure? Measure(Case @case, bool tuned, CancellationToken stop)
    {
        using var scope = NewDisposeScope();
        var contest = @case.Prepare();
        var changes = tuned && @case.BaselineUntuned;
        var ourSide = new Side(contest.Ours, changes ? Settings.Tune : null);
        var baselineSide = new Side(contest.Baseline, changes ? Settings.Untune : null);
        var (ours, baseline, speeds) = (new List<double>(), new List<double>(), new List<Speeds>());
        var clock = Stopwatch.StartNew();
        while (ours.Count < leastPairs || clock.Elapsed < budget)
        {
            // Whoever comes second finds the caches of the first: they take turns in that too.
            if (ours.Count % 2 == 0) ours.Add(ourSide.Sample());
            baseline.Add(baselineSide.Sample());
            if (ours.Count < baseline.Count) ours.Add(ourSide.Sample());
            if (contest.Operations is not null) speeds.Add(Speeds.Sample());
            if (stop.IsCancellationRequested) return null;
        }
        if (changes) Settings.Tune();
        var memory = PeakMemory.Of(contest.Ours);

        double[] ratios = [.. ours.Zip(baseline, (a, b) => a / b).Order()];
        var seconds = Quantile([.. ours.Order()], 0.5);
        var speed = speeds.Count > 0 ? Speeds.Median(speeds) : null;
        return new Figure(
            @case, tuned, seconds, Quantile([.. baseline.Order()], 0.5),
            Quantile(ratios, 0.5), Quantile(ratios, 0.25), Quantile(ratios, 0.75), ratios.Length,
            memory, contest.Operations / seconds / speed?.Product, contest.Operations / seconds / speed?.Limit);
    }

    private static double Quantile(double[] sorted, double q)
    {
        var position = q * (sorted.Length - 1);
        var below = (int)position;
        var above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
    }
}
