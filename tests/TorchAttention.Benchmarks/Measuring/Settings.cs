using TorchAttention;
using TorchSharp;

namespace TorchAttention.Benchmarks.Measuring;

/// <summary>libtorch as it comes, or with this library's runtime settings.</summary>
internal static class Settings
{
    internal static void Tune() => Runtime.Tune(Float32MatmulPrecision.medium);

    internal static void Untune()
    {
        Runtime.KeepFreedMemory(false);
        Runtime.SetFloat32MatmulPrecision(Float32MatmulPrecision.highest);
    }
}
