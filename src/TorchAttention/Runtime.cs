using System.Diagnostics;
using System.Runtime.InteropServices;
using TorchSharp;

namespace TorchAttention;

/// <summary>Settings of the process that make libtorch faster on the CPU. All are opt-in: nothing here happens by itself.</summary>
/// <remarks>
/// Each returns whether it took effect. On a system or a libtorch that lacks what a setting needs, nothing is changed.
/// </remarks>
public static unsafe class Runtime
{
    // glibc's malloc.h
    private const int TrimThreshold = -1;
    private const int TopPad = -2;
    private const int MmapMax = -4;
    private const int DefaultTrimThreshold = 128 * 1024;
    private const int DefaultMmapMax = 65536;

    // at::Context of libtorch 2.9 and later
    private const string GlobalContext = "_ZN2at13globalContextEv";
    private const string SetPrecision = "_ZN2at7Context19setFloat32PrecisionENS_14Float32BackendENS_9Float32OpENS_16Float32PrecisionE";
    private const int OneDnn = 2;
    private const int MatrixProduct = 3;
    private const int Ieee = 1;
    private const int TensorFloat32 = 2;
    private const int BrainFloat16 = 3;

    /// <summary>
    /// Keeps freed memory in the process, for the next tensor of that size, instead of giving it back to the system.
    /// </summary>
    /// <remarks>
    /// glibc returns every block over 32 MB to the kernel as soon as it is freed, and faults it in page by page when it is next
    /// needed; for tensors of that size this costs more than computing with them. The price: memory once used stays with the
    /// process, and where sizes vary, as with sentences, the holes add up; <see cref="ReleaseFreedMemory"/> now and then returns
    /// them.
    /// </remarks>
    /// <param name="keep">False goes back to glibc's defaults.</param>
    /// <returns>True on Linux with glibc, false elsewhere.</returns>
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

    /// <summary>Gives freed memory back to the system, once.</summary>
    /// <remarks>Between two epochs, say: what is needed again is faulted in again, page by page.</remarks>
    /// <returns>True on Linux with glibc, false elsewhere.</returns>
    public static bool ReleaseFreedMemory()
    {
        if (!OperatingSystem.IsLinux()) return false;
        try
        {
            _ = TrimAllocator(0); // says whether there was anything to return
            return true;
        }
        catch (Exception exception) when (exception is DllNotFoundException or EntryPointNotFoundException)
        {
            return false;
        }
    }

    /// <summary>How exactly float32 matrices are multiplied on the CPU; PyTorch's <c>set_float32_matmul_precision</c>.</summary>
    /// <remarks>
    /// <c>highest</c> is libtorch's default. Anything below lets oneDNN compute instead of MKL, which on AMD processors
    /// leaves AVX-512 unused. On a processor with AVX-512 but without AMX, oneDNN was seen to compute in float32 all the same;
    /// with AMX it may round the factors, for <c>medium</c> to bfloat16 with its two to three digits. That is the price, and why
    /// it is your choice.
    /// </remarks>
    /// <param name="precision">The least precision that is good enough.</param>
    /// <returns>True on Linux with a libtorch that has this setting (2.9 and later), false elsewhere.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The precision is none of the three.</exception>
    public static bool SetFloat32MatmulPrecision(Float32MatmulPrecision precision)
    {
        if (!Enum.IsDefined(precision)) throw new ArgumentOutOfRangeException(nameof(precision), precision, "Unknown precision.");
        if (!OperatingSystem.IsLinux() || !torch.TryInitializeDeviceType(DeviceType.CPU)) return false;

        // libtorch is loaded by now, from wherever TorchSharp found it. TorchSharp does not wrap this setting.
        using var process = Process.GetCurrentProcess();
        var path = process.Modules.OfType<ProcessModule>().FirstOrDefault(module => module.ModuleName == "libtorch_cpu.so")?.FileName;
        if (path is null || !NativeLibrary.TryLoad(path, out var library)) return false;
        if (!NativeLibrary.TryGetExport(library, GlobalContext, out var context) || !NativeLibrary.TryGetExport(library, SetPrecision, out var set))
            return false;
        ((delegate* unmanaged<nint, int, int, int, void>)set)(
            ((delegate* unmanaged<nint>)context)(), OneDnn, MatrixProduct, Native(precision));
        return true;
    }

    private static int Native(Float32MatmulPrecision precision) => precision switch
    {
        Float32MatmulPrecision.highest => Ieee,
        Float32MatmulPrecision.high => TensorFloat32,
        _ => BrainFloat16,
    };

    [DllImport("libc.so.6", EntryPoint = "malloc_trim")]
    private static extern int TrimAllocator(nuint keep);

    [DllImport("libc.so.6", EntryPoint = "mallopt")]
    private static extern int SetAllocator(int parameter, int value);
}
