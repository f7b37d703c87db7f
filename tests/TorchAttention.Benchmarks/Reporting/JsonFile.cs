using System.Text.Json;
using TorchAttention.Benchmarks.Measuring;

namespace TorchAttention.Benchmarks.Reporting;

/// <summary>Figures for another program.</summary>
internal static class JsonFile
{
    private static readonly JsonSerializerOptions Options = new() { WriteIndented = true };

    internal static void Write(string path, Machine machine, IReadOnlyList<Figure> figures) => File.WriteAllText(
        path,
        JsonSerializer.Serialize(
            new
            {
                machine.Processor,
                machine.Threads,
                machine.System,
                figures = figures.Select(figure => new
                {
                    figure.Case.Group,
                    figure.Case.Name,
                    BaselineName = figure.Case.Baseline,
                    figure.Case.Target,
                    figure.Case.MemoryTarget,
                    figure.Tuned,
                    OursSeconds = figure.Ours,
                    BaselineSeconds = figure.Baseline,
                    figure.Ratio,
                    figure.Low,
                    figure.High,
                    figure.Pairs,
                    MemoryBytes = figure.Memory,
                    figure.Share,
                    figure.OfLimit,
                    figure.IsMet,
                }),
            },
            Options));
}
