using static TorchSharp.torch;

namespace TorchAttention;

public abstract partial class AttentionBias
{
    /// <summary>A learned number for each distance between key and query, cut at the table's reach.</summary>
    /// <remarks>
    /// <para>
    /// bias[h, i, j] = table[h, clip(j - p, -reach, reach) + reach] with p = i + s - l: entry 0 is for keys reach positions or more
    /// before the query, the middle one for the query's own position. Gradients flow back to the table; it may come from
    /// <see cref="RelativePositions"/>.
    /// </para>
    /// <para>
    /// The bias (h, l, s) fits scores (b, h, l, s) and (h, l, s); with one head it is (l, s). Source: Shaw, Uszkoreit and
    /// Vaswani (2018), with a number in the place of their vectors.
    /// </para>
    /// </remarks>
    /// <param name="table">
    /// (h, 2 · reach + 1), or (2 · reach + 1) for all heads alike, of the inputs' dtype. The bias keeps a reference: the tensor must
    /// live as long as the bias is used.
    /// </param>
    /// <returns>The bias.</returns>
    /// <exception cref="ArgumentException">
    /// The table has not one or two dimensions, or the last one is even; when the bias is used: it does not fit.
    /// </exception>
    public static AttentionBias Relative(Tensor table)
    {
        var entries = Entries(table);
        if (entries % 2 == 0)
            throw new ArgumentException($"table {Guard.Show(table.shape)} must have 2 · reach + 1 entries, an odd number.", nameof(table));
        var reach = entries / 2;
        return new TableBias(table, distance => Math.Clamp(distance, -reach, reach) + reach);
    }

    /// <summary>A learned number for each bucket of distances, which grow wider with the distance: T5's bias.</summary>
    /// <remarks>
    /// <para>
    /// bias[h, i, j] = table[h, bucket(j - p)] with p = i + s - l. Of n buckets for one direction, the first n/2 hold one distance
    /// each; the others grow as the logarithm of the distance, and the last one holds all from <paramref name="maxDistance"/> on.
    /// Where both directions count, the first half of the table is for keys up to the query, the second for keys after it; else
    /// all of it is for keys up to the query, and keys after it share the first bucket. Gradients flow back to the table; it may
    /// come from <see cref="BucketedRelativePositions"/>.
    /// </para>
    /// <para>
    /// The bias (h, l, s) fits scores (b, h, l, s) and (h, l, s); with one head it is (l, s). Source: Raffel et al. (2020), whose
    /// own table is (buckets, h).
    /// </para>
    /// </remarks>
    /// <param name="table">
    /// (h, buckets), or (buckets) for all heads alike, of the inputs' dtype. The bias keeps a reference: the tensor must live as
    /// long as the bias is used.
    /// </param>
    /// <param name="bidirectional">Whether keys after the query have buckets of their own; a causal decoder needs none.</param>
    /// <param name="maxDistance">The distance from which on all share a bucket.</param>
    /// <returns>The bias.</returns>
    /// <exception cref="ArgumentException">
    /// The table has not one or two dimensions, or fewer than two buckets for a direction, or
    /// <paramref name="maxDistance"/> lies within those that hold one distance; when the bias is used: it does not fit.
    /// </exception>
    public static AttentionBias RelativeBuckets(Tensor table, bool bidirectional = true, long maxDistance = 128)
    {
        var buckets = new DistanceBuckets(Entries(table), bidirectional, maxDistance, nameof(table));
        return new TableBias(table, buckets.Of);
    }

    private static long Entries(Tensor table)
    {
        Guard.Alive(table, nameof(table));
        return table.dim() is 1 or 2
            ? table.size(-1)
            : throw new ArgumentException($"table {Guard.Show(table.shape)} must have the dimensions (h, entries) or (entries).", nameof(table));
    }

    /// <summary>One entry of each row of the table for each distance of a key from its query.</summary>
    private sealed class TableBias(Tensor table, Func<long, long> entry) : DistanceBias
    {
        protected override Tensor Diagonals(AttentionShape shape)
        {
            OfScores(Guard.Here(table, shape, "bias"), shape);
            // The gradients of many pairs meet in one entry: half precision would lose most of them.
            var rows = table.dtype is ScalarType.BFloat16 or ScalarType.Float16 ? table.to(ScalarType.Float32) : table;
            var entries = new long[shape.QueryLength + shape.KeyLength];
            for (var n = 0L; n < entries.Length; n++) entries[n] = entry(n - shape.KeyLength);
            return rows.reshape(-1, table.size(-1)).index_select(-1, tensor(entries, dtype: ScalarType.Int64, device: shape.Device));
        }
    }
}
