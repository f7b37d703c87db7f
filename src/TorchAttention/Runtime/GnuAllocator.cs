using System.Runtime.InteropServices;

namespace TorchAttention;

/// <summary>The settings of glibc's allocator; nothing happens where the C library is another one.</summary>
internal static class GnuAllocator
{
    // malloc.h
    private const int TrimThreshold = -1;
    private const int TopPad = -2;
    private const int MmapThreshold = -3;
    private const int MmapMax = -4;
    private const int Never = -1;
    private const int DefaultTopPad = 128 * 1024;
    private const int DefaultMmapMax = 65536;

    /// <summary>
    /// Where glibc's own thresholds arrive once large blocks have been freed. They move by themselves only until one of these settings is
    /// touched, so that they have to be put there.
    /// </summary>
    private const int LargestMmapThreshold = 32 << 20;

    internal const string Library = "libc.so.6";

    internal static bool IsPresent { get; } =
        OperatingSystem.IsLinux()
        && NativeLibrary.TryLoad(Library, out var library)
        && NativeLibrary.TryGetExport(library, "mallopt", out _)
        && NativeLibrary.TryGetExport(library, "malloc_trim", out _); // musl has neither

    internal static bool Keep(bool keep) =>
        IsPresent
        && Set(MmapMax, keep ? 0 : DefaultMmapMax) != 0
        & Set(MmapThreshold, LargestMmapThreshold) != 0
        & Set(TrimThreshold, keep ? Never : 2 * LargestMmapThreshold) != 0
        & Set(TopPad, keep ? 64 << 20 : DefaultTopPad) != 0;

    internal static bool Release()
    {
        if (!IsPresent) return false;
        _ = Trim(0); // says whether there was anything to return
        return true;
    }

    [DllImport(Library, EntryPoint = "malloc_trim")]
    private static extern int Trim(nuint keep);

    [DllImport(Library, EntryPoint = "mallopt")]
    private static extern int Set(int parameter, int value);
}
