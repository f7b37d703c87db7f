using TorchAttention;
using TorchSharp;

namespace TorchAttention.Benchmarks.Measuring;

/// <summary>libtorch as it comes, or with this library's runtime settings.</summary>
internal static class Settings
{
    /// <summary>Both, whatever the processor makes of them: <see cref="Runtime.Tune"/> would choose.</summary>
    internal static void Tune()
    {
        Runtime.KeepFreedMemory();
        Runtime.SetFloat32MatmulPrecision(Float32MatmulPrecision.medium);
    }

    internal static void Untune()
    {
        Runtime.KeepFreedMemory(false);
        Runtime.SetFloat32MatmulPrecision(Float32MatmulPrecision.highest);
    }
}
