using System.Diagnostics;
using TorchAttention.Benchmarks.Measuring;
using TorchAttention.Benchmarks.Reporting;

namespace TorchAttention.Benchmarks;

/// <summary>
/// One run of the benchmarks: every row with libtorch's defaults, then every row with the runtime settings on, as targets are judged; a
/// quick one does the latter alone.
/// </summary>
internal sealed class Session(bool quick, TextWriter output)
{
    internal IReadOnlyList<Figure> Run(IReadOnlyList<Case> cases, CancellationToken stop)
    {
        var interleaved = quick ? new Interleaved(TimeSpan.FromSeconds(0.5), leastPairs: 3) : new Interleaved(TimeSpan.FromSeconds(4), leastPairs: 9);
        var (figures, clock) = (new List<Figure>(), Stopwatch.StartNew());
        output.WriteLine(Machine.This);
        foreach (var tuned in quick ? new[] { true } : [false, true])
        {
            if (stop.IsCancellationRequested) break;
            if (tuned) Settings.Tune();
            try
            {
                Run(tuned);
            }
            finally
            {
                Settings.Untune();
            }
        }
        foreach (var line in GrowthTable.Lines([.. figures.Where(figure => figure.Tuned && figure.Case.Point is not null)])) output.WriteLine(line);
        output.WriteLine();
        output.WriteLine($"It took {clock.Elapsed:m\\:ss}.");
        var judged = figures.Where(figure => figure.IsMet is not null).ToList();
        if (judged.Count == 0) return figures;
        output.WriteLine($"{judged.Count(figure => figure.IsMet == true)} of {judged.Count} targets met.");
        return figures;

        void Run(bool tuned)
        {
            var speeds = Speeds.Measured();
            output.WriteLine();
            output.WriteLine($"{(tuned ? "With the runtime settings" : "With libtorch's defaults")}; float32 matrix product {speeds.Product / 1e9:0} GFLOP/s, limit of the cores {speeds.Limit / 1e9:0} GFLOP/s");
            foreach (var group in cases.Where(item => tuned || !item.BaselineUntuned).GroupBy(item => item.Group))
            {
                output.WriteLine();
                output.WriteLine($"{group.Key}:");
                output.WriteLine();
                output.WriteLine(Table.Header);
                foreach (var item in group)
                {
                    if (interleaved.Measure(item, tuned, stop) is not { } figure) return;
                    figures.Add(figure);
                    output.WriteLine(Table.Row(figure));
                }
            }
        }
    }
}
