using System.Globalization;
using TorchAttention.Benchmarks.Measuring;

namespace TorchAttention.Benchmarks.Reporting;

/// <summary>The rows of growing lengths side by side: what each mechanism costs at each length, and how fast that grows.</summary>
internal static class GrowthTable
{
    internal static IEnumerable<string> Lines(IReadOnlyList<Figure> figures)
    {
        if (figures.Count == 0) yield break;
        long[] lengths = [.. figures.Select(figure => figure.Case.Point!.Value.Length).Distinct().Order()];
        foreach (var (what, amount, show) in Amounts)
        {
            yield return "";
            yield return $"| {what} at length | {string.Join(" | ", lengths.Select(length => length.ToString("N0", CultureInfo.InvariantCulture)))} | exponent |";
            yield return $"| --- |{string.Concat(lengths.Select(_ => " --- |"))} --- |";
            foreach (var mechanism in figures.GroupBy(figure => figure.Case.Point!.Value.Mechanism))
            {
                var cells = lengths.Select(length =>
                    mechanism.FirstOrDefault(figure => figure.Case.Point!.Value.Length == length) is { } figure ? show(amount(figure)) : "");
                yield return $"| {mechanism.Key} | {string.Join(" | ", cells)} | {Exponent(mechanism, amount)} |";
            }
        }
    }

    private static readonly (string What, Func<Figure, double?> Amount, Func<double?, string> Show)[] Amounts =
    [
        ("time", figure => figure.Ours, amount => Table.Time(amount!.Value)),
        ("peak memory", figure => figure.Memory, Table.Size),
    ];

    /// <summary>The slope between the two greatest lengths, both axes logarithmic: 1 is linear, 2 quadratic.</summary>
    private static string Exponent(IEnumerable<Figure> mechanism, Func<Figure, double?> amount)
    {
        Figure[] last = [.. mechanism.OrderBy(figure => figure.Case.Point!.Value.Length).TakeLast(2)];
        if (last.Length < 2 || amount(last[0]) is not > 0 || amount(last[1]) is not > 0) return "";
        var slope = Math.Log(amount(last[1])!.Value / amount(last[0])!.Value)
            / Math.Log((double)last[1].Case.Point!.Value.Length / last[0].Case.Point!.Value.Length);
        return slope.ToString("0.00", CultureInfo.InvariantCulture);
    }
}
