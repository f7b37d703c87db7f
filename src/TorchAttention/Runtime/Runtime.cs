using System.Diagnostics;
using TorchSharp;
using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>Settings of the process that make libtorch faster on the CPU. All are opt-in: nothing here happens by itself.</summary>
/// <remarks>
/// Each returns whether it took effect. On a system or a libtorch that lacks what a setting needs, nothing is changed.
/// <see cref="Report"/> says what is in force and what it comes to.
/// </remarks>
public static class Runtime
{
    private static readonly LibTorchPrecision? Precision = LibTorchPrecision.Find(LibTorchPrecision.LoadedLibrary());

    /// <summary>Keeps freed memory, and multiplies float32 matrices in the faster way of those that are exact enough, in one call.</summary>
    /// <remarks>
    /// On Intel processors without AMX the default is the faster one: MKL takes as long as oneDNN for large matrices and down to half for
    /// small ones. So both are tried, for about a tenth of a second, and <c>highest</c> stays where nothing below it is faster;
    /// <see cref="Report"/> tells which it is.
    /// </remarks>
    /// <param name="precision">The least precision that is good enough, as in <see cref="SetFloat32MatmulPrecision"/>.</param>
    /// <returns>Whether this system and this libtorch have both settings.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The precision is none of the three.</exception>
    public static bool Tune(Float32MatmulPrecision precision) => Tune(precision, () => ProductSeconds(size: 512, runs: 3));

    /// <summary>The same with a clock of the caller's.</summary>
    internal static bool Tune(Float32MatmulPrecision precision, Func<double> measure)
    {
        const int turns = 5;
        var isSet = SetFloat32MatmulPrecision(precision);
        if (isSet && precision != Float32MatmulPrecision.highest)
        {
            var (given, highest) = (double.MaxValue, double.MaxValue);
            for (var turn = 0; turn < turns; turn++)
            {
                SetFloat32MatmulPrecision(Float32MatmulPrecision.highest);
                highest = Math.Min(highest, measure());
                SetFloat32MatmulPrecision(precision);
                given = Math.Min(given, measure());
            }
            if (given >= highest) SetFloat32MatmulPrecision(Float32MatmulPrecision.highest);
        }
        return isSet & KeepFreedMemory();
    }

    /// <summary>
    /// Keeps freed memory in the process, for the next tensor of that size, instead of giving it back to the system.
    /// </summary>
    /// <remarks>
    /// glibc returns every block over 32 MB to the kernel as soon as it is freed, and faults it in page by page when it is next
    /// needed; for tensors of that size this costs more than computing with them. The price: memory once used stays with the
    /// process, and where sizes vary, as with sentences, the holes add up; <see cref="ReleaseFreedMemory"/> now and then returns
    /// them. A thread other than the program's first keeps blocks of up to 64 MB only; that is glibc's limit.
    /// </remarks>
    /// <param name="keep">False goes back to what glibc comes to by itself when large blocks are freed.</param>
    /// <returns>True on Linux with glibc, false elsewhere.</returns>
    public static bool KeepFreedMemory(bool keep = true)
    {
        if (!GnuAllocator.Keep(keep)) return false;
        KeepsFreedMemory = keep;
        return true;
    }

    /// <summary>Gives freed memory back to the system, once.</summary>
    /// <remarks>Between two epochs, say: what is needed again is faulted in again, page by page.</remarks>
    /// <returns>True on Linux with glibc, false elsewhere.</returns>
    public static bool ReleaseFreedMemory() => GnuAllocator.Release();

    /// <summary>How exactly float32 matrices are multiplied on the CPU; PyTorch's <c>set_float32_matmul_precision</c>.</summary>
    /// <remarks>
    /// <c>highest</c> is libtorch's default. Anything below lets oneDNN compute instead of MKL, which on AMD processors
    /// leaves AVX-512 unused. On a processor with AVX-512 but without AMX, oneDNN was seen to compute in float32 all the same;
    /// with AMX it may round the factors, for <c>medium</c> to bfloat16 with its two to three digits. That is the price, and why
    /// it is your choice. Where sizes are ever new, as with sentences, call <see cref="SetPrimitiveCacheCapacity"/> as well.
    /// </remarks>
    /// <param name="precision">The least precision that is good enough.</param>
    /// <returns>True on Linux with a libtorch that has this setting (2.9 and later), false elsewhere.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The precision is none of the three.</exception>
    public static bool SetFloat32MatmulPrecision(Float32MatmulPrecision precision)
    {
        if (!Enum.IsDefined(precision)) throw new ArgumentOutOfRangeException(nameof(precision), precision, "Unknown precision.");
        if (Precision is null) return false;
        Precision.Current = precision;
        return true;
    }

    /// <summary>How many compiled operations oneDNN keeps for the next time; its primitive cache capacity.</summary>
    /// <remarks>
    /// oneDNN, which multiplies below <c>highest</c> and in bfloat16, compiles a product for every combination of sizes that it meets.
    /// It keeps 1,024 of them, and libtorch keeps 1,024 more for each thread, half a megabyte each. Where sizes are ever new, as with
    /// sentences, this is memory for nothing, and it lies scattered where tensors were to lie: a training needed twice as much. As many
    /// as one step of training has different products are enough; with fewer each is compiled again, which takes half a millisecond.
    /// Where the same sizes come again and again, the default is the faster one.
    /// Call it before the first operation: the number is read once, from the process's environment
    /// (<c>ONEDNN_PRIMITIVE_CACHE_CAPACITY</c>, and <c>LRU_CACHE_CAPACITY</c> for what libtorch keeps), and what is there already stays.
    /// </remarks>
    /// <param name="primitives">0 keeps none but the last of each thread.</param>
    /// <returns>Whether it is what oneDNN will find: on Linux with glibc, unless another capacity was set before.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The number is negative.</exception>
    public static bool SetPrimitiveCacheCapacity(int primitives)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(primitives);
        return PrimitiveCache.SetCapacity(primitives);
    }

    /// <summary>How many threads an operation on the CPU uses.</summary>
    /// <remarks>
    /// libtorch starts with as many as there are cores. One is best where several computations run side by side; more than there
    /// are cores slow all down.
    /// </remarks>
    /// <param name="threads">At least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number is not positive.</exception>
    public static void SetThreads(int threads) => set_num_threads((int)Guard.Size(threads, nameof(threads)));

    /// <summary>What is in force, what this machine and this libtorch support, and how fast matrices are multiplied right now.</summary>
    /// <remarks>Takes about a tenth of a second, for the multiplication.</remarks>
    /// <returns>The report; its text is for a log.</returns>
    public static RuntimeReport Report() => new()
    {
        Threads = get_num_threads(),
        KeepsFreedMemory = KeepsFreedMemory,
        CanKeepFreedMemory = GnuAllocator.IsPresent,
        Float32MatmulPrecision = Precision?.Current ?? Float32MatmulPrecision.highest,
        CanSetFloat32MatmulPrecision = Precision is not null,
        MatrixProductSpeed = MatrixProductSpeed(),
    };

    private static bool KeepsFreedMemory { get; set; }

    private static double MatrixProductSpeed()
    {
        const int size = 1024;
        return 2.0 * size * size * size / ProductSeconds(size, runs: 7);
    }

    /// <summary>The shortest time of a product of square matrices, after one that nobody times.</summary>
    private static double ProductSeconds(int size, int runs)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var factor = ones(size, size, dtype: ScalarType.Float32, device: CPU);
        factor.mm(factor).Dispose();
        var best = double.MaxValue;
        for (var run = 0; run < runs; run++)
        {
            var start = Stopwatch.GetTimestamp();
            factor.mm(factor).Dispose();
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
        return best;
    }
}
