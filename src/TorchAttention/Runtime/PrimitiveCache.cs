using System.Globalization;
using System.Runtime.InteropServices;

namespace TorchAttention;

/// <summary>
/// How much compiled code oneDNN keeps. libtorch does not export the setter; what is left is the environment, which oneDNN reads when
/// it is first used.
/// </summary>
internal static class PrimitiveCache
{
    /// <summary>The first counts for oneDNN; the second is its older name.</summary>
    private static readonly string[] Names = ["ONEDNN_PRIMITIVE_CACHE_CAPACITY", "DNNL_PRIMITIVE_CACHE_CAPACITY"];

    internal static bool SetCapacity(int primitives)
    {
        if (!GnuAllocator.IsPresent) return false;
        var wanted = primitives.ToString(CultureInfo.InvariantCulture);
        if (Names.Select(Read).FirstOrDefault(value => value is not null) is { } given) return given == wanted;
        // .NET's own copy of the environment is not what native code reads.
        return Set(Names[0], wanted, overwrite: 0) == 0;
    }

    private static string? Read(string name) => Marshal.PtrToStringUTF8(Get(name));

    [DllImport(GnuAllocator.Library, EntryPoint = "getenv")]
    private static extern nint Get([MarshalAs(UnmanagedType.LPUTF8Str)] string name);

    [DllImport(GnuAllocator.Library, EntryPoint = "setenv")]
    private static extern int Set(
        [MarshalAs(UnmanagedType.LPUTF8Str)] string name, [MarshalAs(UnmanagedType.LPUTF8Str)] string value, int overwrite);
}
