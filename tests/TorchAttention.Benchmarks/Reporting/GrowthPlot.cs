using System.Globalization;
using ScottPlot;
using TorchAttention.Benchmarks.Measuring;

namespace TorchAttention.Benchmarks.Reporting;

/// <summary>Time over length, both logarithmic: a mechanism's slope is its exponent.</summary>
internal static class GrowthPlot
{
    private const int Width = 1000;
    private const int Height = 560;

    internal static void Save(string path, IReadOnlyList<Figure> figures)
    {
        using var plot = new Plot();
        foreach (var mechanism in figures.GroupBy(figure => figure.Case.Point!.Value.Mechanism))
        {
            Figure[] points = [.. mechanism.OrderBy(figure => figure.Case.Point!.Value.Length)];
            var line = plot.Add.Scatter(
                points.Select(point => Math.Log10(point.Case.Point!.Value.Length)).ToArray(),
                points.Select(point => Math.Log10(point.Ours * 1e3)).ToArray());
            line.LegendText = mechanism.Key;
            line.LineWidth = 2;
            line.MarkerSize = 7;
        }

        long[] lengths = [.. figures.Select(figure => figure.Case.Point!.Value.Length).Distinct().Order()];
        plot.Axes.Bottom.SetTicks(
            [.. lengths.Select(length => Math.Log10(length))],
            [.. lengths.Select(length => length.ToString("N0", CultureInfo.InvariantCulture))]);
        double[] decades = [-2, -1, 0, 1, 2, 3, 4];
        plot.Axes.Left.SetTicks(decades, [.. decades.Select(decade => Math.Pow(10, decade).ToString("N2", CultureInfo.InvariantCulture).TrimEnd('0').TrimEnd('.'))]);
        plot.XLabel("length");
        plot.YLabel("milliseconds, forward and backward");
        plot.ShowLegend(Edge.Right);
        plot.SavePng(path, Width, Height);
    }
}
