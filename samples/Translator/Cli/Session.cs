using TorchSharp;
using TorchAttention;

namespace Translator.Cli;

/// <summary>What a command sets for the whole process before it computes.</summary>
internal static class Session
{
    /// <summary>Sets the seed, the threads and the allocator.</summary>
    /// <param name="seed">Null keeps libtorch's.</param>
    /// <param name="threads">Null keeps libtorch's: one per core.</param>
    internal static void Start(int? seed = null, int? threads = null)
    {
        Runtime.KeepFreedMemory();
        if (Environment.GetEnvironmentVariable("PREC") is not null) Console.WriteLine(Runtime.SetFloat32MatmulPrecision(TorchSharp.Float32MatmulPrecision.medium));
        if (threads is { } count) torch.set_num_threads(count);
        if (seed is { } number) torch.random.manual_seed(number);
    }
}
