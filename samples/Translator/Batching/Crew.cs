using System.Runtime.ExceptionServices;
using static TorchSharp.torch;

namespace Translator.Batching;

/// <summary>
/// Threads that compute side by side, each with its share of the cores: a step is too short for all cores to wait for each other after every
/// operation of it. A crew of one is the caller.
/// </summary>
internal sealed class Crew : IDisposable
{
    private readonly Barrier barrier;
    private readonly ExceptionDispatchInfo?[] failures;
    private Action<int>? work;

    /// <summary>Starts the threads.</summary>
    /// <param name="size">How many.</param>
    internal Crew(int size)
    {
        failures = new ExceptionDispatchInfo?[size];
        barrier = new Barrier(size + 1);
        var cores = Math.Max(1, get_num_threads() / size);
        for (var i = 0; i < size && size > 1; i++)
        {
            var number = i;
            new Thread(() => Live(number, cores)) { IsBackground = true, Name = $"{nameof(Crew)} {number}" }.Start();
        }
    }

    internal int Size => failures.Length;

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
        set_num_threads(cores);
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
