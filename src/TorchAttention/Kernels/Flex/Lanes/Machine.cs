using System.Runtime.Intrinsics;

namespace TorchAttention;

/// <summary>What this machine computes with.</summary>
internal static class Machine
{
    /// <summary>How many float32 numbers at once.</summary>
    internal static int Lanes =>
        Vector512.IsHardwareAccelerated ? Lanes512.Count
        : Vector256.IsHardwareAccelerated ? Lanes256.Count
        : Vector128.IsHardwareAccelerated ? Lanes128.Count
        : Lanes32.Count;
}
