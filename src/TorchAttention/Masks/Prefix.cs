using static TorchSharp.torch;

namespace TorchAttention;

public abstract partial class AttentionMask
{
    /// <summary>
    /// Causal, but the first keys of each sentence are seen by every query: query i of batch item b sees key j if
    /// j ≤ i + s - l or j &lt; lengths[b].
    /// </summary>
    /// <remarks>
    /// The prefix counts from the first key, the causal part is aligned at the end as <see cref="Causal"/> is. A prefix of 0 is
    /// causal, and one of s keys or more is no mask at all. Source: Raffel et al. (2020), "prefix LM".
    /// </remarks>
    /// <param name="lengths">The lengths of the prefixes: one per batch item, or a single one for all.</param>
    /// <returns>The mask.</returns>
    /// <exception cref="ArgumentException">
    /// A length is negative; when the mask is used: there are several lengths, but not as many as batch items.
    /// </exception>
    public static AttentionMask Prefix(params long[] lengths)
    {
        ArgumentNullException.ThrowIfNull(lengths);
        foreach (var length in lengths) Guard.NotNegative(length, nameof(lengths));
        return Causal | new PrefixMask([.. lengths]);
    }

    private sealed class PrefixMask(long[] lengths) : AttentionMask
    {
        protected override Tensor Allowed(AttentionShape shape)
        {
            var batch = shape.Batch.Count == 0 ? 1 : shape.Batch[0];
            if (lengths.Length != 1 && lengths.Length != batch)
                throw new ArgumentException($"mask has {lengths.Length} prefixes for {batch} batch items of {shape}.", "mask");
            return FirstKeys(lengths, shape);
        }
    }
}
