using TorchSharp;
using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>
/// Rows of heads (…, h, s, ·) with room for more: it doubles when it is used up, so that appending n rows one by one copies each
/// only a few times. What lies beyond the rows is memory that nobody wrote.
/// </summary>
internal sealed class GrowingTensor(Tensor like, long capacity) : IDisposable
{
    private Tensor room = Room(like, capacity).DetachFromDisposeScope();

    internal long Capacity => room.size(-2);

    /// <summary>The sizes before the heads.</summary>
    internal long[] Leading => room.shape[..^3];

    internal Tensor Rows(long length) => room.narrow(-2, 0, length);

    /// <summary>Writes rows from a length on.</summary>
    internal void Write(Tensor rows, long length)
    {
        var needed = length + rows.size(-2);
        if (needed > Capacity) Grow(Math.Max(needed, 2 * Capacity), length);
        Copy(rows, room, length);
    }

    /// <summary>The batch in another order.</summary>
    internal Tensor Chosen(Tensor indices)
    {
        using var here = indices.to(room.device);
        return room.index_select(0, here);
    }

    /// <summary>Has another tensor from now on, which belongs to no scope: the cache outlives the step that grows it.</summary>
    internal void Become(Tensor other)
    {
        using var old = room;
        room = other.DetachFromDisposeScope();
    }

    /// <summary>Whether an input (…, s, d) comes from the same batch.</summary>
    internal void Check(Tensor input, string name)
    {
        if (!input.shape[..^2].SequenceEqual(Leading))
            throw new ArgumentException($"{name} {Guard.Show(input.shape)} has another batch than the cache, {Guard.Show(Leading)}.", name);
        if (input.dtype != room.dtype)
            throw new ArgumentException($"{name} has dtype {input.dtype}, but the cache has {room.dtype}.", name);
        if (!Guard.SameDevice(input.device, room.device))
            throw new ArgumentException($"{name} is on {input.device}, but the cache is on {room.device}.", name);
    }

    public void Dispose() => room.Dispose();

    /// <summary>There may be no memory for more: what there is stays till it has been copied.</summary>
    private void Grow(long capacity, long length)
    {
        using var scope = NewDisposeScope();
        var larger = Room(room, capacity);
        Copy(Rows(length), larger, 0);
        Become(larger);
    }

    private static void Copy(Tensor rows, Tensor room, long start)
    {
        using var target = room.narrow(-2, start, rows.size(-2));
        target.copy_(rows);
    }

    private static Tensor Room(Tensor like, long capacity) =>
        empty([.. like.shape[..^2], capacity, like.size(-1)], dtype: like.dtype, device: like.device);
}
