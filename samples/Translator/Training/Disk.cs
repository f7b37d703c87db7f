using System.Runtime.InteropServices;

namespace Translator.Training;

/// <summary>Waits until what was written is on the disk, so that not even a power cut undoes it.</summary>
internal static class Disk
{
    private const string Library = "libc";
    private const int ReadOnly = 0;

    /// <summary>Of a file: its content.</summary>
    internal static void FlushFile(string path)
    {
        using var handle = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite);
        RandomAccess.FlushToDisk(handle);
    }

    /// <summary>Of a folder: the names in it. Windows does that by itself, and a file system that cannot is left alone.</summary>
    internal static void FlushFolder(string path)
    {
        // .NET opens no folders.
        if (OperatingSystem.IsWindows() || Open(path, ReadOnly) is not (>= 0 and var folder)) return;
        _ = Flush(folder);
        _ = Close(folder);
    }

    [DllImport(Library, EntryPoint = "open")]
    private static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport(Library, EntryPoint = "fsync")]
    private static extern int Flush(int file);

    [DllImport(Library, EntryPoint = "close")]
    private static extern int Close(int file);
}
