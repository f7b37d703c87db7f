using System.Globalization;
using System.Runtime.InteropServices;

namespace TorchAttention;

/// <summary>
/// How many compiled operations are kept, by oneDNN and by ideep, which is libtorch's layer over it. Neither has a setter that libtorch
/// exports; what is left is the environment, which both read when they are first used.
/// </summary>
internal static class PrimitiveCache
{
    private const string OneDnn = "ONEDNN_PRIMITIVE_CACHE_CAPACITY";
    private const string OneDnnFormerly = "DNNL_PRIMITIVE_CACHE_CAPACITY";

    /// <summary>
    /// One cache for each thread, of 1,024 operations too. What it holds lives on when oneDNN has let go of it, and it saves nothing
    /// that oneDNN's does not save.
    /// </summary>
    private const string Ideep = "LRU_CACHE_CAPACITY";

    internal static bool SetCapacity(int primitives)
    {
        if (!GnuAllocator.IsPresent) return false;
        var wanted = primitives.ToString(CultureInfo.InvariantCulture);
        if ((Read(OneDnn) ?? Read(OneDnnFormerly)) is { } given && given != wanted) return false;
        return Set(OneDnn, wanted, overwrite: 0) == 0 & Set(Ideep, "1", overwrite: 0) == 0;
    }

    /// <summary>.NET's own copy of the environment is not what native code reads.</summary>
    private static string? Read(string name) => Marshal.PtrToStringUTF8(Get(name));

    [DllImport(GnuAllocator.Library, EntryPoint = "getenv")]
    private static extern nint Get([MarshalAs(UnmanagedType.LPUTF8Str)] string name);

    [DllImport(GnuAllocator.Library, EntryPoint = "setenv")]
    private static extern int Set(
        [MarshalAs(UnmanagedType.LPUTF8Str)] string name, [MarshalAs(UnmanagedType.LPUTF8Str)] string value, int overwrite);
}
