using System.Diagnostics;
using System.Runtime.InteropServices;

namespace TorchAttention;

/// <summary>
/// The threads that libtorch's own operations run on. Between two operations they wait for the next in a loop that keeps a core busy,
/// so that work on other threads would have to share the cores with their waiting. Work on these threads does not, and starts within
/// a microsecond or two.
/// </summary>
internal static unsafe class OpenMP
{
    private static readonly delegate* unmanaged<delegate* unmanaged<nint, void>, nint, uint, uint, void> Parallel = Find();

    internal static bool IsPresent => Parallel is not null;

    /// <summary>Executes the work once on each of so many threads, this one among them.</summary>
    /// <param name="work">It must not throw.</param>
    /// <param name="threads">What libtorch is set to: it ends those beyond, and has to start them again.</param>
    internal static void Run(IThreadPoolWorkItem work, int threads)
    {
        using var handle = new GCHandle<IThreadPoolWorkItem>(work);
        Parallel(&Execute, GCHandle<IThreadPoolWorkItem>.ToIntPtr(handle), (uint)threads, 0);
    }

    [UnmanagedCallersOnly]
    private static void Execute(nint work) => GCHandle<IThreadPoolWorkItem>.FromIntPtr(work).Target.Execute();

    /// <summary>GCC's runtime, which stands beside the libtorch for Linux; null elsewhere.</summary>
    private static delegate* unmanaged<delegate* unmanaged<nint, void>, nint, uint, uint, void> Find()
    {
        if (Path.GetDirectoryName(LibTorchPrecision.LoadedLibrary()) is not { } folder) return null;
        using var process = Process.GetCurrentProcess();
        var path = process.Modules.OfType<ProcessModule>().Select(module => module.FileName).FirstOrDefault(
            file => Path.GetDirectoryName(file) == folder && Path.GetFileName(file).StartsWith("libgomp", StringComparison.Ordinal));
        return path is not null && NativeLibrary.TryLoad(path, out var library) && NativeLibrary.TryGetExport(library, "GOMP_parallel", out var entry)
            ? (delegate* unmanaged<delegate* unmanaged<nint, void>, nint, uint, uint, void>)entry
            : null;
    }
}
