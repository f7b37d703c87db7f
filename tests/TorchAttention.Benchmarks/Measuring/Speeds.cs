using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using TorchSharp;
using static TorchSharp.torch;

namespace TorchAttention.Benchmarks.Measuring;

/// <summary>What there is to be had, in multiplications and additions of float32 a second on all threads.</summary>
/// <param name="Product">libtorch's matrix product, under the settings in force.</param>
/// <param name="Limit">The cores' own limit: multiply-adds in registers, without a load.</param>
internal sealed record Speeds(double Product, double Limit)
{
    private const int Samples = 9;
    private const int Steps = 20_000_000; // long beside what it takes a thread to begin
    private const int Size = 1536;

    /// <summary>The median of some tries.</summary>
    internal static Speeds Measured() => Median([.. Enumerable.Range(0, Samples + 1).Select(_ => Sample()).Skip(1)]); // the first only warms up

    /// <summary>One try.</summary>
    internal static Speeds Sample()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var (left, right) = (randn(Size, Size, device: CPU), randn(Size, Size, device: CPU));
        var start = Stopwatch.GetTimestamp();
        left.mm(right);
        var product = 2.0 * Size * Size * Size / Stopwatch.GetElapsedTime(start).TotalSeconds;

        var threads = get_num_threads();
        start = Stopwatch.GetTimestamp();
        Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads }, _ => Multiply(Steps));
        return new(product, 2.0 * 12 * Vector512<float>.Count * Steps * threads / Stopwatch.GetElapsedTime(start).TotalSeconds);
    }

    /// <summary>The medians of both.</summary>
    internal static Speeds Median(IReadOnlyList<Speeds> samples) => new(
        samples.Select(sample => sample.Product).Order().ElementAt(samples.Count / 2),
        samples.Select(sample => sample.Limit).Order().ElementAt(samples.Count / 2));

    /// <summary>Twelve independent sums, enough to hide how long one multiply-add takes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static Vector512<float> Multiply(int steps)
    {
        var (x, y) = (Vector512.Create(0.5f), Vector512.Create(0.25f));
        var (a, b, c, d, e, f) = (x, x, x, x, x, x);
        var (g, h, i, j, k, l) = (x, x, x, x, x, x);
        for (; steps > 0; steps--)
        {
            a = Vector512.MultiplyAddEstimate(a, x, y);
            b = Vector512.MultiplyAddEstimate(b, x, y);
            c = Vector512.MultiplyAddEstimate(c, x, y);
            d = Vector512.MultiplyAddEstimate(d, x, y);
            e = Vector512.MultiplyAddEstimate(e, x, y);
            f = Vector512.MultiplyAddEstimate(f, x, y);
            g = Vector512.MultiplyAddEstimate(g, x, y);
            h = Vector512.MultiplyAddEstimate(h, x, y);
            i = Vector512.MultiplyAddEstimate(i, x, y);
            j = Vector512.MultiplyAddEstimate(j, x, y);
            k = Vector512.MultiplyAddEstimate(k, x, y);
            l = Vector512.MultiplyAddEstimate(l, x, y);
        }
        return a + b + c + d + e + f + g + h + i + j + k + l;
    }
}
