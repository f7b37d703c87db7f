using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace TorchAttention;

/// <summary>What this machine computes with.</summary>
internal static class Machine
{
    /// <summary>How many float32 numbers at once.</summary>
    /// <remarks>
    /// .NET does not call 512 bits accelerated on the first CPUs that have them (Skylake-X, Cascade Lake), which clock down for them. They
    /// compile to such instructions all the same, and for what mostly multiplies and adds they are worth it there too.
    /// </remarks>
    internal static int Lanes =>
        Vector512.IsHardwareAccelerated || Avx512F.IsSupported ? Lanes512.Count
        : Vector256.IsHardwareAccelerated ? Lanes256.Count
        : Vector128.IsHardwareAccelerated ? Lanes128.Count
        : Lanes32.Count;
}
