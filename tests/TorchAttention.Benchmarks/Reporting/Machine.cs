using System.Runtime.InteropServices;
using TorchSharp;

namespace TorchAttention.Benchmarks.Reporting;

/// <summary>What the figures were measured on.</summary>
internal sealed record Machine(string Processor, int Threads, string System)
{
    internal static Machine This { get; } = new(
        ProcessorName(), torch.get_num_threads(), $"{RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}, libtorch {torch.__version__}");

    public override string ToString() => $"{Processor}, {Threads} threads; {System}";

    private static string ProcessorName()
    {
        const string cpuInfo = "/proc/cpuinfo";
        var name = File.Exists(cpuInfo)
            ? File.ReadLines(cpuInfo).FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim()
            : null;
        return name ?? RuntimeInformation.ProcessArchitecture.ToString();
    }
}
