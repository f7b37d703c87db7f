using TorchAttention.Benchmarks.Measuring;

namespace TorchAttention.Benchmarks.Cases;

/// <summary>Every row there is.</summary>
internal static class Catalogue
{
    internal static IReadOnlyList<Case> All { get; } =
        [.. Targets.All, .. Windows.All, .. Chunks.All, .. Flexible.All, .. Models.All, .. Trainings.All, .. Decoding.All, .. Costs.All];

    /// <summary>The rows whose group or name contains the text.</summary>
    internal static IReadOnlyList<Case> Matching(string? filter) =>
        [.. All.Where(item => filter is null || $"{item.Group} {item.Name}".Contains(filter, StringComparison.OrdinalIgnoreCase))];
}
