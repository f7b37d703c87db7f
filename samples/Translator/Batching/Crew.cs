using System.Runtime.ExceptionServices;
using static TorchSharp.torch;

namespace Translator.Batching;

/// <summary>
/// Threads that compute side by side, each with its share of the cores: a step is too short for all cores to wait for each other after every
/// operation of it. A crew of one is the caller.
/// </summary>
internal sealed class Crew : IDisposable
{
    /// <summary>More would find little to do; in training each has a copy of the weights and a gradient to hand over.</summary>
    private const int Most = 4;

    private readonly Barrier barrier;
    private readonly ExceptionDispatchInfo?[] failures;
    private Action<int>? work;

    /// <summary>Starts the threads.</summary>
    /// <param name="size">How many.</param>
    internal Crew(int size)
    {
        failures = new ExceptionDispatchInfo?[size];
        barrier = new Barrier(size + 1);
        if (size == 1) return;
        var all = get_num_threads();
        for (var i = 0; i < size; i++)
        {
            var number = i;
            new Thread(() => Live(number, Math.Max(1, all / size))) { IsBackground = true, Name = $"{nameof(Crew)} {number}" }.Start();
        }
        // What one thread sets is also what those begin with that come later: they are to have what was set before.
        barrier.SignalAndWait();
        set_num_threads(all);
    }

    internal int Size => failures.Length;

    /// <summary>A thread for each part of a work, but no more than torch is set to, or than are of use.</summary>
    internal static Crew For(int parts) => new(Math.Clamp(parts, 1, Math.Min(get_num_threads(), Most)));

    /// <summary>Has every thread do its part, and waits.</summary>
    /// <param name="part">What to do, by the thread's number.</param>
    internal void Run(Action<int> part)
    {
        if (Size == 1)
        {
            part(0);
            return;
        }
        work = part;
        barrier.SignalAndWait();
        barrier.SignalAndWait();
        foreach (var failure in failures) failure?.Throw();
    }

    /// <summary>Ends the threads.</summary>
    public void Dispose()
    {
        work = null;
        if (Size > 1) barrier.SignalAndWait();
    }

    private void Live(int number, int cores)
    {
        get_num_threads(); // a thread begins with the common number when it first asks for it, and only then keeps its own
        set_num_threads(cores);
        barrier.SignalAndWait();
        while (true)
        {
            barrier.SignalAndWait();
            if (work is not { } part) return;
            try
            {
                failures[number] = null;
                part(number);
            }
            catch (Exception failure)
            {
                failures[number] = ExceptionDispatchInfo.Capture(failure);
            }
            barrier.SignalAndWait();
        }
    }
}
