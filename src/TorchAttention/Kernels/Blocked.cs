using TorchSharp;
using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>
/// Soft attention within a band around the diagonal, linear in the length: queries go in blocks, and each block meets only the
/// keys that its band reaches, a view into the keys that overlaps with its neighbours'.
/// </summary>
/// <remarks>
/// A block of w queries with a band of n keys meets w + n - 1 of them, of which a query needs n. A small block wastes less
/// arithmetic, a large one leaves fewer and larger products.
/// </remarks>
internal static class Blocked
{
    /// <summary>Blocks of this many queries were fastest for windows from 64 to 1,024 keys; see docs/performance.md.</summary>
    private const long BlockSize = 128;

    /// <summary>softmax(scale · q kᵀ | low ≤ j - i ≤ high, keys) v.</summary>
    /// <param name="query">(b, h, l, d).</param>
    /// <param name="key">(b, h, s, d).</param>
    /// <param name="value">(b, h, s, e).</param>
    /// <param name="scale">The factor of the scores.</param>
    /// <param name="low">The least key index minus query index.</param>
    /// <param name="high">The largest, at least <paramref name="low"/>.</param>
    /// <param name="keys">Bool (b or 1, h or 1, 1, s): the keys that exist; null for all.</param>
    /// <returns>(b, h, l, e).</returns>
    internal static Tensor Attend(Tensor query, Tensor key, Tensor value, double scale, long low, long high, Tensor? keys)
    {
        var (l, s) = (query.size(-2), key.size(-2));
        long[] leading = [.. Guard.Broadcast(Guard.Broadcast(query.shape[..2], key.shape[..2])!, value.shape[..2])!];
        var blocks = (l + BlockSize - 1) / BlockSize;
        var reach = BlockSize + high - low; // keys of a block

        var queries = Pad(query, 0, blocks * BlockSize - l, leading).unflatten(1, blocks, BlockSize); // (b·h, blocks, w, d)
        // Key number c of block n stands at n · w + low + c.
        var after = blocks * BlockSize + high - s;
        var blockKeys = Pad(key, -low, after, leading).unfold(-2, reach, BlockSize).transpose(-1, -2);   // (b·h, blocks, reach, d)
        var blockValues = Pad(value, -low, after, leading).unfold(-2, reach, BlockSize).transpose(-1, -2);

        var band = Band(reach, high - low, query.device); // (w, reach)
        var exists = keys is null
            ? Exists(ones(1, s, dtype: ScalarType.Bool, device: query.device), low, after, reach)
            : Exists(keys.expand(leading[0], leading[1], 1, s).reshape(-1, s), low, after, reach);
        var context = Fused.Attend(queries, blockKeys, blockValues, scale, exists.logical_and(band)); // (b·h, blocks, w, e)
        return context.flatten(1, 2).narrow(1, 0, l).unflatten(0, leading[0], leading[1]);
    }

    /// <summary>Zeros before and after (or less, where negative), leading sizes made one: (b·h, length, size).</summary>
    private static Tensor Pad(Tensor tensor, long before, long after, long[] leading) =>
        nn.functional.pad(tensor.expand(leading[0], leading[1], -1, -1).flatten(0, 1), [0, 0, before, after]);

    /// <summary>Which keys of which block exist: (b·h or 1, blocks, 1, reach).</summary>
    private static Tensor Exists(Tensor keys, long low, long after, long reach) =>
        nn.functional.pad(keys.to(ScalarType.Byte), [-low, after]).to(ScalarType.Bool).unfold(-1, reach, BlockSize).unsqueeze(-2);

    /// <summary>Query r of a block sees its keys r … r + width.</summary>
    private static Tensor Band(long reach, long width, Device device)
    {
        var distance = Numbers.Range(0, reach, ScalarType.Int64, device) - Numbers.Range(0, BlockSize, ScalarType.Int64, device).unsqueeze(-1);
        return distance.AtLeast(0).logical_and(distance.AtMost(width));
    }
}
