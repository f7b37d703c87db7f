using TorchSharp;
using static TorchSharp.torch;

namespace TorchAttention;

public abstract partial class AttentionMask
{
    /// <summary>Allows the first keys of each sentence: key j of batch item b if j &lt; lengths[b].</summary>
    /// <param name="lengths">One length per batch item, or a single one for unbatched inputs; 0 allows no key at all.</param>
    /// <returns>The mask.</returns>
    /// <exception cref="ArgumentException">
    /// A length is negative; when the mask is used: a length exceeds the number of keys, or their count is not the batch size.
    /// </exception>
    public static AttentionMask Padding(params long[] lengths)
    {
        ArgumentNullException.ThrowIfNull(lengths);
        foreach (var length in lengths) Guard.NotNegative(length, nameof(lengths));
        return new PaddingMask([.. lengths]);
    }

    /// <summary>Allows the first keys of each sentence: key j of batch item b if j &lt; lengths[b].</summary>
    /// <param name="lengths">The lengths (b), of dtype Int64, on any device; the values are copied.</param>
    /// <returns>The mask.</returns>
    /// <exception cref="ArgumentException">The tensor is not Int64 with one dimension, or a length is negative.</exception>
    public static AttentionMask Padding(Tensor lengths)
    {
        Guard.Alive(lengths, nameof(lengths));
        if (lengths.dtype != ScalarType.Int64 || lengths.dim() != 1)
            throw new ArgumentException(
                $"lengths must be Int64 with shape (b), but is {lengths.dtype} {Guard.Show(lengths.shape)}.", nameof(lengths));
        if (lengths.device_type == DeviceType.META)
            throw new ArgumentException("lengths is on the meta device, where tensors hold no numbers.", nameof(lengths));
        using var copy = lengths.cpu();
        return Padding(copy.data<long>().ToArray());
    }

    /// <summary>True for the first keys, as many as given: one number for every batch item, or a single one for all.</summary>
    private static Tensor FirstKeys(long[] counts, AttentionShape shape)
    {
        // (1, 1) unbatched, (b, 1, 1), or (b, 1, 1, 1) with heads; the keys fill the last dimension
        long[] column = [counts.Length, .. Enumerable.Repeat(1L, shape.Batch.Count + 1)];
        return Keys(shape).less(tensor(counts, dtype: ScalarType.Int64, device: shape.Device).reshape(column));
    }

    private sealed class PaddingMask(long[] lengths) : AttentionMask
    {
        protected override Tensor Allowed(AttentionShape shape)
        {
            var batch = shape.Batch.Count == 0 ? 1 : shape.Batch[0];
            if (lengths.Length != batch)
                throw new ArgumentException($"mask has {lengths.Length} lengths for {batch} batch items of {shape}.", "mask");
            if (lengths.Length > 0 && lengths.Max() > shape.KeyLength)
                throw new ArgumentException($"mask has a length of {lengths.Max()} for {shape.KeyLength} keys.", "mask");

            return FirstKeys(lengths, shape);
        }
    }
}
