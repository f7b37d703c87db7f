using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using TorchSharp;

namespace TorchAttention;

/// <summary>What <see cref="Runtime.Report"/> found.</summary>
public sealed class RuntimeReport
{
    internal RuntimeReport()
    {
    }

    /// <summary>How many threads an operation on the CPU uses.</summary>
    public int Threads { get; internal init; }

    /// <summary>Whether <see cref="Runtime.KeepFreedMemory"/> is in force.</summary>
    public bool KeepsFreedMemory { get; internal init; }

    /// <summary>Whether this system has that setting: Linux with glibc.</summary>
    public bool CanKeepFreedMemory { get; internal init; }

    /// <summary>The precision in force.</summary>
    public Float32MatmulPrecision Float32MatmulPrecision { get; internal init; }

    /// <summary>Whether this libtorch has that setting: 2.9 and later, on Linux.</summary>
    public bool CanSetFloat32MatmulPrecision { get; internal init; }

    /// <summary>Operations a second of a float32 product of two matrices of size 1,024: a multiplication and an addition count as two.</summary>
    public double MatrixProductSpeed { get; internal init; }

    /// <summary>The libtorch in use.</summary>
    public string LibTorchVersion { get; } = torch.__version__;

    /// <summary>Numbers of 32 bits that this library's kernels take at once here: 16, 8, 4, or 1.</summary>
    public int VectorWidth { get; } = Machine.Lanes;

    /// <summary>Whether the processor multiplies bfloat16 vectors (AVX512-BF16).</summary>
    public bool HasBFloat16 { get; } = Has(leaf: 1, register => register.Eax, bit: 5);

    /// <summary>Whether the processor multiplies bfloat16 matrices (AMX-BF16).</summary>
    public bool HasAmx { get; } = Has(leaf: 0, register => register.Edx, bit: 22);

    /// <summary>A few lines for a log.</summary>
    /// <returns>One setting a line.</returns>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"""
        libtorch {LibTorchVersion}, {RuntimeInformation.FrameworkDescription} on {RuntimeInformation.RuntimeIdentifier}
        threads                  {Threads}
        vectors                  {VectorWidth} numbers of float32
        bfloat16                 {(HasAmx ? "matrices (AMX)" : HasBFloat16 ? "vectors (AVX512-BF16)" : "not in the processor")}
        freed memory             {(KeepsFreedMemory ? "kept" : "given back to the system")}{(CanKeepFreedMemory ? "" : ", not to be changed here")}
        float32 matrix products  {Float32MatmulPrecision}{(CanSetFloat32MatmulPrecision ? "" : ", not to be changed here")}
        measured                 {MatrixProductSpeed / 1e9:0} GFLOP/s
        """);

    /// <summary>A bit of the processor's extended features.</summary>
    private static bool Has(int leaf, Func<(int Eax, int Ebx, int Ecx, int Edx), int> register, int bit) =>
        X86Base.IsSupported && X86Base.CpuId(0, 0).Eax >= 7 && (register(X86Base.CpuId(7, leaf)) & (1 << bit)) != 0;
}
