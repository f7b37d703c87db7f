using System.Runtime.InteropServices;

namespace TorchAttention;

/// <summary>Settings of the process that make libtorch faster on the CPU. All are opt-in: nothing here happens by itself.</summary>
public static class Runtime
{
    // glibc's malloc.h
    private const int TrimThreshold = -1;
    private const int TopPad = -2;
    private const int MmapMax = -4;
    private const int DefaultTrimThreshold = 128 * 1024;
    private const int DefaultMmapMax = 65536;

    /// <summary>
    /// Keeps freed memory in the process, for the next tensor of that size, instead of giving it back to the system.
    /// </summary>
    /// <remarks>
    /// glibc returns every block over 32 MB to the kernel as soon as it is freed, and faults it in page by page when it is next
    /// needed; for tensors of that size this costs more than computing with them. The price: memory once used stays with the
    /// process until it ends.
    /// </remarks>
    /// <param name="keep">False goes back to glibc's defaults.</param>
    /// <returns>Whether it took effect: true on Linux with glibc, false elsewhere, where nothing is changed.</returns>
    public static bool KeepFreedMemory(bool keep = true)
    {
        if (!OperatingSystem.IsLinux()) return false;
        try
        {
            return SetAllocator(MmapMax, keep ? 0 : DefaultMmapMax) != 0
                & SetAllocator(TrimThreshold, keep ? int.MaxValue : DefaultTrimThreshold) != 0
                & SetAllocator(TopPad, keep ? 64 << 20 : 0) != 0;
        }
        catch (Exception exception) when (exception is DllNotFoundException or EntryPointNotFoundException)
        {
            return false; // another C library, such as musl
        }
    }

    [DllImport("libc.so.6", EntryPoint = "mallopt")]
    private static extern int SetAllocator(int parameter, int value);
}
