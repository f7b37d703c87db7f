using System.Runtime.ExceptionServices;

namespace TorchAttention;

/// <summary>Work in numbered tasks that do not depend on each other.</summary>
internal abstract class Work
{
    internal abstract int Tasks { get; }

    /// <summary>Does one task; workers that run at the same time have different numbers, from zero up.</summary>
    internal abstract void Do(int task, int worker);
}

/// <summary>
/// Spreads tasks over the threads that libtorch is set to. The caller works too, helpers are libtorch's own threads where they can be
/// had and else come from the thread pool, and over all callers together no more threads compute than that number, or one per caller.
/// </summary>
internal sealed class Workers : IThreadPoolWorkItem
{
    private static int active; // threads that compute, over all callers

    private readonly Work work;
    private readonly int threads;
    private readonly int helpers;
    private readonly Thread caller = Thread.CurrentThread;
    private int nextTask;
    private int nextWorker;
    private int unfinished;
    private ExceptionDispatchInfo? failure;

    private Workers(Work work, int threads, int helpers)
    {
        this.work = work;
        this.threads = threads;
        this.helpers = helpers;
        unfinished = work.Tasks;
    }

    internal static void Run(Work work, int threads) => Run(work, threads, OpenMP.IsPresent);

    internal static void Run(Work work, int threads, bool onTorchThreads)
    {
        var caller = Interlocked.Increment(ref active);
        try
        {
            var helpers = Math.Min(Math.Min(threads - caller, threads - 1), work.Tasks - 1);
            if (helpers <= 0)
                for (var task = 0; task < work.Tasks; task++) work.Do(task, 0);
            else
                new Workers(work, threads, helpers).Share(onTorchThreads);
        }
        finally
        {
            Interlocked.Decrement(ref active);
        }
    }

    /// <summary>Works till all is done; a helper that comes later finds nothing left.</summary>
    public void Execute()
    {
        if (Thread.CurrentThread == caller)
            while (Next(0))
            {
            }
        else if (Volatile.Read(ref nextTask) < work.Tasks && Interlocked.Increment(ref nextWorker) is var number && number <= helpers)
            Help(number);
    }

    private void Help(int number)
    {
        Interlocked.Increment(ref active);
        // It leaves as soon as another caller needs its core.
        while (Volatile.Read(ref active) <= threads && Next(number))
        {
        }
        Interlocked.Decrement(ref active);
    }

    private void Share(bool onTorchThreads)
    {
        if (onTorchThreads)
        {
            OpenMP.Run(this, threads);
        }
        else
        {
            for (var i = 0; i < helpers; i++) ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
            Execute();
            var wait = default(SpinWait);
            while (Volatile.Read(ref unfinished) > 0) wait.SpinOnce(sleep1Threshold: -1);
        }
        failure?.Throw();
    }

    private bool Next(int worker)
    {
        var task = Interlocked.Increment(ref nextTask) - 1;
        if (task >= work.Tasks) return false;
        try
        {
            if (failure is null) work.Do(task, worker);
        }
        catch (Exception exception)
        {
            failure ??= ExceptionDispatchInfo.Capture(exception);
        }
        finally
        {
            Interlocked.Decrement(ref unfinished);
        }
        return true;
    }
}
