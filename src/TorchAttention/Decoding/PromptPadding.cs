using TorchSharp;
using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>
/// Prompts of different lengths in slots 0 … width - 1 of a cache, shorter ones filled up; every later slot holds a token. As a
/// mask it allows the slots with tokens.
/// </summary>
internal sealed class PromptPadding(long[] lengths, PaddingSide side, long width) : AttentionMask
{
    internal long Width => width;

    internal PromptPadding Select(long[] indices) => new([.. indices.Select(index => lengths[index])], side, width);

    protected override Tensor Allowed(AttentionShape shape)
    {
        var slots = Numbers.Range(0, shape.KeyLength, ScalarType.Int64, shape.Device);
        var column = Column(shape.Batch.Count + 1, shape.Device);
        if (side == PaddingSide.Left) return slots.ge(column.neg().Plus(width));
        return slots.less(column).logical_or(slots.AtLeast(width));
    }

    /// <summary>
    /// Where the tokens of some slots stand in their sentences, (slots) or (b, …, slots) for inputs of a rank, in float64. On the left, padding
    /// moves a whole sentence, which changes no distance; on the right it parts a prompt from what follows, which is undone.
    /// </summary>
    internal Tensor Positions(long first, long end, int rank, Device device)
    {
        var slots = Numbers.Range(first, end, ScalarType.Float64, device);
        if (side == PaddingSide.Left) return slots;
        var padded = Column(rank - 2, device).neg().Plus(width); // (b, …, 1)
        return slots - slots.AtLeast(width) * padded;
    }

    /// <summary>The lengths (b, 1, …, 1), with so many sizes of 1.</summary>
    private Tensor Column(int ones, Device device) => tensor(lengths, dtype: ScalarType.Int64, device: device)
        .reshape([lengths.Length, .. Enumerable.Repeat(1L, ones)]);
}
