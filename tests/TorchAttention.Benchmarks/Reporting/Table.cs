using System.Globalization;
using TorchAttention.Benchmarks.Measuring;

namespace TorchAttention.Benchmarks.Reporting;

/// <summary>Figures as rows of a Markdown table, which reads well on a terminal too.</summary>
internal static class Table
{
    internal const string Header =
        "| case | baseline | ours | baseline | ratio (quartiles) | target | met | memory | share of the product | of the cores' limit |\n" +
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |";

    internal static string Row(Figure figure) => string.Create(CultureInfo.InvariantCulture, $"| {figure.Case.Name} | {figure.Case.Baseline} | {Time(figure.Ours)} | {Time(figure.Baseline)} | {figure.Ratio:0.00#} ({figure.Low:0.00#} - {figure.High:0.00#}) | {Target(figure)} | {Met(figure)} | {Size(figure.Memory)} | {figure.Share:P0} | {figure.OfLimit:P0} |");

    internal static string Time(double seconds) => seconds switch
    {
        < 1e-3 => string.Create(CultureInfo.InvariantCulture, $"{seconds * 1e6:0} µs"),
        < 1 => string.Create(CultureInfo.InvariantCulture, $"{seconds * 1e3:0.0} ms"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{seconds:0.00} s"),
    };

    internal static string Size(double? bytes) => bytes switch
    {
        null => "",
        < 1e6 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e3:0} kB"),
        < 1e9 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0} MB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e9:0.00} GB"),
    };

    private static string Target(Figure figure) => (figure.Case.Target, figure.Case.MemoryTarget) switch
    {
        (null, _) => "",
        ({ } ratio, null) => string.Create(CultureInfo.InvariantCulture, $"≤ {ratio:0.00#}"),
        ({ } ratio, { } memory) => string.Create(CultureInfo.InvariantCulture, $"≤ {ratio:0.00#}, ≤ {Size(memory)}"),
    };

    private static string Met(Figure figure) => figure.IsMet switch { null => "", true => "yes", false => "no" };
}
