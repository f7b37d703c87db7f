using TorchSharp;
using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>Where this library's random numbers come from on the thread that holds it: a generator of its own instead of torch's.</summary>
/// <remarks>
/// <para>
/// torch has one generator for all threads; what each of them draws then depends on which asks first. With one of its own, a thread's
/// dropout and samples are the same whatever others do, so that models trained side by side can be trained so again:
/// </para>
/// <code>
/// using var generator = new Generator(seed, torch.CPU);
/// using var source = RandomSource.Use(generator);
/// model.call(input);
/// </code>
/// <para>
/// It serves dropout on the CPU and estimators of hard attention that have no generator; it does not serve torch's own modules, nor
/// torch's dropout, which this library uses on CUDA and in float64. Backward draws nothing.
/// </para>
/// </remarks>
public sealed class RandomSource : IDisposable
{
    [ThreadStatic]
    private static RandomSource? current;

    private readonly Generator generator;
    private readonly RandomSource? outer;
    private bool isOver;

    private RandomSource(Generator generator, RandomSource? outer) => (this.generator, this.outer) = (generator, outer);

    /// <summary>What to draw from on this thread; null for torch's own.</summary>
    internal static Generator? Current => Innermost?.generator;

    private static RandomSource? Innermost
    {
        get
        {
            while (current is { isOver: true }) current = current.outer;
            return current;
        }
    }

    /// <summary>Draws from a generator, on this thread, until the result is disposed; the last of several counts.</summary>
    /// <param name="generator">On the CPU; it must live as long.</param>
    /// <returns>What ends it.</returns>
    /// <exception cref="ArgumentException">The generator is null or not on the CPU.</exception>
    public static RandomSource Use(Generator generator)
    {
        ArgumentNullException.ThrowIfNull(generator);
        return current = new RandomSource(Guard.OnCpu(generator, nameof(generator))!, Innermost);
    }

    /// <summary>A seed for what computes its random numbers from one.</summary>
    internal static ulong Seed()
    {
        using var seed = randint(long.MaxValue, [1], dtype: ScalarType.Int64, device: CPU, generator: Current);
        return (ulong)seed.item<long>();
    }

    /// <summary>Goes back to what was drawn from before.</summary>
    public void Dispose() => isOver = true;
}
