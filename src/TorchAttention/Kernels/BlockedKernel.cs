using TorchSharp;
using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>
/// Soft attention within a band around the diagonal, linear in the length: queries go in blocks, and each block meets only the
/// keys that its band reaches, a view into the keys that overlaps with its neighbours'.
/// </summary>
/// <remarks>
/// A block of w queries with a band of n keys meets w + n - 1 of them, of which a query needs n: a small block wastes less
/// arithmetic, a large one leaves fewer and larger products.
/// </remarks>
internal sealed class BlockedKernel : Kernel
{
    private const long BlockSize = 128;

    /// <summary>From how many times the keys of a block on, all keys together, the blocks are faster than the band as a mask.</summary>
    private const long LeastRatio = 4;

    /// <summary>A band, beside keys that do not exist, of a call that the fused kernel takes.</summary>
    internal static bool Takes(KernelCall call) => call.Inputs is { Added: null, Pairs: { Rest: null } pairs } && pairs.Low <= pairs.High;

    /// <summary>Whether the band is narrow enough for the length.</summary>
    internal static bool Pays(KernelCall call) =>
        Takes(call) && call.Inputs.Key.size(-2) >= LeastRatio * (BlockSize + call.Inputs.Pairs!.High - call.Inputs.Pairs.Low);

    internal override AttentionOutput Attend(KernelCall call)
    {
        var (query, scale) = call.Product!.Value;
        var (four, pairs) = (call.Four, call.Inputs.Pairs!);
        var keys = pairs.Keys is null ? null : four.Expand(pairs.Keys).expand(-1, -1, -1, call.Inputs.Key.size(-2));
        var context = Attend(
            four.Expand(query), four.Expand(call.Inputs.Key), four.Expand(call.Inputs.Value), scale, pairs.Low, pairs.High, keys);
        return new AttentionOutput(four.Back(context), null);
    }

    /// <summary>softmax(scale · q kᵀ | low ≤ j - i ≤ high, keys) v.</summary>
    private static Tensor Attend(Tensor query, Tensor key, Tensor value, double scale, long low, long high, Tensor? keys)
    {
        var (b, h, l, s) = (query.size(0), query.size(1), query.size(2), key.size(2));
        var blocks = (l + BlockSize - 1) / BlockSize;
        var reach = BlockSize + high - low; // keys of a block
        var after = blocks * BlockSize + high - s;

        var queries = Pad(query, 0, blocks * BlockSize - l).unflatten(1, blocks, BlockSize); // (b·h, blocks, w, d)
        // Key number c of block n stands at n · w + low + c.
        var blockKeys = Pad(key, -low, after).unfold(-2, reach, BlockSize).transpose(-1, -2); // (b·h, blocks, reach, d)
        var blockValues = Pad(value, -low, after).unfold(-2, reach, BlockSize).transpose(-1, -2);

        keys = keys is null ? ones(1, s, dtype: ScalarType.Byte, device: query.device) : keys.reshape(-1, s).to(ScalarType.Byte);
        var exists = nn.functional.pad(keys, [-low, after]).to(ScalarType.Bool).unfold(-1, reach, BlockSize).unsqueeze(-2); // (b·h or 1, blocks, 1, reach)
        var context = FusedKernel.Attend(
            queries, blockKeys, blockValues, scale, exists.logical_and(Band(reach, high - low, query.device))); // (b·h, blocks, w, e)
        return context.flatten(1, 2).narrow(1, 0, l).unflatten(0, b, h);
    }

    /// <summary>Zeros before and after (or less, where negative), leading sizes made one: (b·h, length, size).</summary>
    private static Tensor Pad(Tensor tensor, long before, long after) => nn.functional.pad(tensor.flatten(0, 1), [0, 0, before, after]);

    /// <summary>Query r of a block sees its keys r … r + width.</summary>
    private static Tensor Band(long reach, long width, Device device)
    {
        var distance = Numbers.Range(0, reach, ScalarType.Int64, device) - Numbers.Range(0, BlockSize, ScalarType.Int64, device).unsqueeze(-1);
        return distance.AtLeast(0).logical_and(distance.AtMost(width));
    }
}
