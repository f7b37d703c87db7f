using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>The rows of a contiguous tensor on the CPU as spans, for what is quicker in one pass than in many operations.</summary>
/// <remarks>Whoever holds one keeps the tensor alive.</remarks>
internal readonly unsafe struct Rows<T>
    where T : unmanaged
{
    private readonly T* first;

    internal Rows(Tensor tensor)
    {
        Size = tensor.size(-1);
        Count = Size == 0 ? 0 : tensor.numel() / Size;
        if (Count == 0) return;
        // The span of one number: that of all would end at two gigabytes.
        using var start = tensor.view(-1).narrow(0, 0, 1);
        fixed (byte* address = start.bytes) first = (T*)address;
    }

    internal long Count { get; }

    internal long Size { get; }

    internal Span<T> this[long i] => new(first + (i * Size), (int)Size);
}

/// <summary>Work on rows that do not need each other, in ranges of about the same size.</summary>
internal sealed class Rows : Work
{
    /// <summary>So many numbers are worth a thread of their own; torch's own loops have the same grain.</summary>
    private const long Grain = 32_768;

    private readonly long count;
    private readonly Action<long, long> work;

    private Rows(long count, int parts, Action<long, long> work) => (this.count, Tasks, this.work) = (count, parts, work);

    internal override int Tasks { get; }

    internal override void Do(int task, int worker) => work(count * task / Tasks, count * (task + 1) / Tasks);

    /// <summary>Splits the rows into ranges, one for each of the threads that torch would use.</summary>
    /// <param name="count">How many rows there are.</param>
    /// <param name="size">How many numbers are in a row.</param>
    /// <param name="work">What to do with rows start … end - 1.</param>
    internal static void Split(long count, long size, Action<long, long> work)
    {
        var threads = get_num_threads();
        var parts = (int)Math.Clamp(count * size / Grain, 1, Math.Min(threads, Math.Max(count, 1)));
        Workers.Run(new Rows(count, parts, work), threads);
    }
}
