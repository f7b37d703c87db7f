using System.Diagnostics;
using System.Runtime.InteropServices;
using TorchSharp;

namespace TorchAttention;

/// <summary>
/// How exactly oneDNN multiplies float32 matrices: a setting of libtorch 2.9 and later that TorchSharp does not wrap, reached
/// through what the library exports.
/// </summary>
internal sealed unsafe class LibTorchPrecision
{
    // at::Context
    private const string GlobalContext = "_ZN2at13globalContextEv";
    private const string Setter = "_ZN2at7Context19setFloat32PrecisionENS_14Float32BackendENS_9Float32OpENS_16Float32PrecisionE";
    private const string Getter = "_ZNK2at7Context16float32PrecisionENS_14Float32BackendENS_9Float32OpE";

    // at::Float32Backend, at::Float32Op, at::Float32Precision
    private const int OneDnn = 2;
    private const int MatrixProduct = 3;
    private const int Ieee = 1;
    private const int TensorFloat32 = 2;
    private const int BrainFloat16 = 3;

    private readonly nint context;
    private readonly delegate* unmanaged<nint, int, int, int, void> set;
    private readonly delegate* unmanaged<nint, int, int, int> get;

    private LibTorchPrecision(nint context, nint set, nint get)
    {
        this.context = context;
        this.set = (delegate* unmanaged<nint, int, int, int, void>)set;
        this.get = (delegate* unmanaged<nint, int, int, int>)get;
    }

    internal Float32MatmulPrecision Current
    {
        get => get(context, OneDnn, MatrixProduct) switch
        {
            BrainFloat16 => Float32MatmulPrecision.medium,
            TensorFloat32 => Float32MatmulPrecision.high,
            _ => Float32MatmulPrecision.highest,
        };
        set => set(context, OneDnn, MatrixProduct, value switch
        {
            Float32MatmulPrecision.medium => BrainFloat16,
            Float32MatmulPrecision.high => TensorFloat32,
            _ => Ieee,
        });
    }

    /// <summary>The libtorch in use, from wherever TorchSharp found it; null where it has no such setting.</summary>
    internal static string? LoadedLibrary()
    {
        if (!OperatingSystem.IsLinux() || !torch.TryInitializeDeviceType(DeviceType.CPU)) return null;
        using var process = Process.GetCurrentProcess();
        return process.Modules.OfType<ProcessModule>().FirstOrDefault(module => module.ModuleName == "libtorch_cpu.so")?.FileName;
    }

    /// <summary>Null where the library is missing or exports no such setting.</summary>
    internal static LibTorchPrecision? Find(string? path) =>
        path is not null
        && NativeLibrary.TryLoad(path, out var library)
        && NativeLibrary.TryGetExport(library, GlobalContext, out var context)
        && NativeLibrary.TryGetExport(library, Setter, out var set)
        && NativeLibrary.TryGetExport(library, Getter, out var get)
            ? new LibTorchPrecision(((delegate* unmanaged<nint>)context)(), set, get)
            : null;
}
