namespace TorchAttention.Benchmarks.Measuring;

/// <summary>What was measured of a case under one setting.</summary>
/// <param name="Case">The case.</param>
/// <param name="Tuned">Whether the runtime settings were on.</param>
/// <param name="Ours">Median seconds of one run of ours.</param>
/// <param name="Baseline">Median seconds of one run of the baseline.</param>
/// <param name="Ratio">The median of the ratios of neighbouring runs.</param>
/// <param name="Low">The lower quartile of the ratios.</param>
/// <param name="High">The upper quartile of the ratios.</param>
/// <param name="Pairs">How many pairs.</param>
/// <param name="Memory">Peak resident bytes of ours above what was there before it; null where the system does not tell.</param>
/// <param name="Share">The operations a second as a share of the matrix product's, measured in turns with it; null without operations.</param>
/// <param name="OfLimit">The same as a share of what the cores can do at most.</param>
internal sealed record Figure(
    Case Case, bool Tuned, double Ours, double Baseline, double Ratio, double Low, double High, int Pairs, double? Memory, double? Share,
    double? OfLimit)
{
    /// <summary>Null where there is no target for these settings.</summary>
    internal bool? IsMet => Case.Target is { } target && Tuned
        ? Ratio <= target && !(Memory > Case.MemoryTarget)
        : null;
}
