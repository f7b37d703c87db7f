using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Kernels.Flex;

/// <summary>They keep all cores busy, and libtorch's threads are the whole process's: these run alone.</summary>
[Collection(nameof(FlexThreads))]
public class WorkersTests
{
    /// <summary>Both ways to get helpers.</summary>
    public static IEnumerable<TheoryDataRow<bool>> Ways => OpenMP.IsPresent ? [new(true), new(false)] : [new(false)];

    [Theory]
    [MemberData(nameof(Ways))]
    public void EveryTaskIsDoneOnceByAWorkerOfItsOwn(bool onTorchThreads)
    {
        foreach (var (tasks, threads) in new[] { (1, 3), (2, 3), (97, 2), (1009, 3), (1009, 5) })
        {
            var work = new CountingWork(tasks, threads);
            Workers.Run(work, threads, onTorchThreads);
            Assert.Equal(Enumerable.Repeat(1, tasks), work.Done);
            Assert.False(work.HaveMet, "two threads at a time had one number");
        }
    }

    /// <summary>Callers at once share the threads: never do more compute than are set, or than there are callers.</summary>
    [Theory]
    [MemberData(nameof(Ways))]
    public void CallersDoNotTakeMoreThreadsThanAreSet(bool onTorchThreads)
    {
        var works = Enumerable.Range(0, 4).Select(_ => new CountingWork(301, 2)).ToArray();
        CountingWork.Most = 0;
        var callers = works.Select(work => new Thread(() => Workers.Run(work, 2, onTorchThreads))).ToList();
        callers.ForEach(caller => caller.Start());
        callers.ForEach(caller => caller.Join());
        Assert.All(works, work => Assert.Equal(Enumerable.Repeat(1, 301), work.Done));
        // A helper may still be at a task when another caller comes.
        Assert.InRange(CountingWork.Most, 1, 5);
    }

    /// <summary>An error on another thread than the caller's reaches the caller, whatever native frames lie between.</summary>
    [Theory]
    [MemberData(nameof(Ways))]
    public void AHelpersErrorReachesTheCaller(bool onTorchThreads)
    {
        for (var round = 0; round < 5; round++)
            Assert.Throws<InvalidOperationException>(() => Workers.Run(new FailingHelper(), 2, onTorchThreads));
    }

    [Fact]
    public void TheThreadsOfTheLibTorchForLinuxAreFound() => Assert.Equal(OperatingSystem.IsLinux(), OpenMP.IsPresent);

    private sealed class CountingWork(int tasks, int threads) : Work
    {
        private static int computing;

        private readonly int[] busy = new int[threads];

        /// <summary>How many computed at a time, over all works.</summary>
        internal static int Most { get; set; }

        internal override int Tasks => tasks;

        internal int[] Done { get; } = new int[tasks];

        internal bool HaveMet { get; private set; }

        internal override void Do(int task, int worker)
        {
            if (Interlocked.Increment(ref busy[worker]) != 1) HaveMet = true;
            Interlocked.Increment(ref Done[task]);
            var now = Interlocked.Increment(ref computing);
            lock (typeof(CountingWork)) Most = Math.Max(Most, now);
            Thread.SpinWait(20);
            Interlocked.Decrement(ref computing);
            Interlocked.Decrement(ref busy[worker]);
        }
    }

    /// <summary>Two tasks that wait for each other, so that two threads take one each.</summary>
    private sealed class FailingHelper : Work
    {
        private readonly Thread caller = Thread.CurrentThread;
        private readonly Barrier both = new(2);

        internal override int Tasks => 2;

        internal override void Do(int task, int worker)
        {
            both.SignalAndWait(TimeSpan.FromSeconds(30));
            if (Thread.CurrentThread != caller) throw new InvalidOperationException("a helper's own");
        }
    }
}
