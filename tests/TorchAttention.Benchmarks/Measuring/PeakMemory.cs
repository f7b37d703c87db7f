using System.Globalization;
using TorchAttention;

namespace TorchAttention.Benchmarks.Measuring;

/// <summary>The resident memory that an action needs at its peak, as the kernel counts it.</summary>
internal static class PeakMemory
{
    private const string Status = "/proc/self/status";
    private const string Reset = "/proc/self/clear_refs";
    private const string PeakOnly = "5"; // see proc(5)

    /// <summary>Bytes above those before the action; null where the system does not tell.</summary>
    internal static double? Of(Action action)
    {
        if (!OperatingSystem.IsLinux()) return null;
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Runtime.ReleaseFreedMemory(); // or what an earlier action has freed would serve this one uncounted
        try
        {
            File.WriteAllText(Reset, PeakOnly);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
        var before = Read("VmRSS:");
        action();
        return Math.Max(0, Read("VmHWM:") - before);
    }

    private static double Read(string field)
    {
        var line = File.ReadLines(Status).First(line => line.StartsWith(field, StringComparison.Ordinal));
        return 1024 * double.Parse(line[field.Length..].Replace("kB", null, StringComparison.Ordinal), CultureInfo.InvariantCulture);
    }
}
