using TorchSharp;
using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>
/// Rows of heads (…, h, s, ·) with room for more: it doubles when it is used up, so that appending n rows one by one copies each
/// only a few times. What lies beyond the rows is memory that nobody wrote.
/// </summary>
internal sealed class GrowingTensor(Tensor like, long capacity) : IDisposable
{
    private Tensor room = Room(like, capacity);

    internal long Capacity => room.size(-2);

    /// <summary>The sizes before the heads.</summary>
    internal long[] Leading => room.shape[..^3];

    internal Tensor Rows(long length) => room.narrow(-2, 0, length);

    /// <summary>Writes rows from a length on.</summary>
    internal void Write(Tensor rows, long length)
    {
        var needed = length + rows.size(-2);
        if (needed > Capacity)
        {
            using var full = room;
            room = Room(full, Math.Max(needed, 2 * Capacity));
            using var old = full.narrow(-2, 0, length);
            Copy(old, 0);
        }
        Copy(rows, length);
    }

    /// <summary>Takes the batch in another order.</summary>
    internal void Select(Tensor indices)
    {
        using var here = indices.to(room.device);
        using var old = room;
        room = old.index_select(0, here).DetachFromDisposeScope();
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

    private void Copy(Tensor rows, long start)
    {
        using var target = room.narrow(-2, start, rows.size(-2));
        target.copy_(rows);
    }

    /// <summary>Belongs to no scope: the cache outlives the step that grows it.</summary>
    private static Tensor Room(Tensor like, long capacity) =>
        empty([.. like.shape[..^2], capacity, like.size(-1)], dtype: like.dtype, device: like.device).DetachFromDisposeScope();
}
