using static TorchSharp.torch;

namespace TorchAttention;

public abstract partial class AttentionMask
{
    /// <summary>The number of no document.</summary>
    private const long Outside = -1;

    /// <summary>Allows the pairs within one document, where several are packed into a row.</summary>
    /// <remarks>
    /// Where l and s differ, the queries are aligned at the end: they stand in the documents of the last l keys. A negative number
    /// belongs to no document: such a key, padding say, is seen by no query, and such a query sees no key. Join it with
    /// <see cref="Causal"/> for language models.
    /// </remarks>
    /// <param name="segments">
    /// The number of each key's document, Int64 with shape (s), or (b, s) for one row per batch item, on the inputs' device. The
    /// mask keeps a reference: the tensor must live as long as the mask is used.
    /// </param>
    /// <returns>The mask.</returns>
    /// <exception cref="ArgumentException">
    /// The tensor is not Int64 with one or two dimensions; when the mask is used: it does not fit the scores, or is elsewhere.
    /// </exception>
    public static AttentionMask Documents(Tensor segments) => new DocumentMask(null, Segments(segments, nameof(segments)));

    /// <summary>Allows the pairs within one document, for queries and keys that are numbered apart.</summary>
    /// <remarks>As in cross-attention between packed rows. A negative number belongs to no document.</remarks>
    /// <param name="querySegments">
    /// The number of each query's document, Int64 with shape (l) or (b, l), on the inputs' device. The mask keeps a reference: the
    /// tensor must live as long as the mask is used.
    /// </param>
    /// <param name="keySegments">The number of each key's document, in the same way: (s) or (b, s).</param>
    /// <returns>The mask.</returns>
    /// <exception cref="ArgumentException">
    /// A tensor is not Int64 with one or two dimensions, or the two differ in device or batch size; when the mask is used: they do
    /// not fit the scores, or are elsewhere.
    /// </exception>
    public static AttentionMask Documents(Tensor querySegments, Tensor keySegments)
    {
        Segments(querySegments, nameof(querySegments));
        Segments(keySegments, nameof(keySegments));
        Guard.Together(keySegments, nameof(keySegments), querySegments, nameof(querySegments));
        return new DocumentMask(querySegments, keySegments);
    }

    private static Tensor Segments(Tensor segments, string name)
    {
        Guard.Alive(segments, name);
        if (segments.dtype != ScalarType.Int64 || segments.dim() is not (1 or 2))
            throw new ArgumentException(
                $"{name} must be Int64 with shape (length) or (b, length), but is {segments.dtype} {Guard.Show(segments.shape)}.", name);
        return segments;
    }

    private sealed class DocumentMask(Tensor? queries, Tensor keys) : AttentionMask
    {
        protected override Tensor Allowed(AttentionShape shape)
        {
            Guard.Here(keys, shape, "mask");
            if (keys.size(-1) != shape.KeyLength) throw Mismatch(keys, shape, "keys");
            var rows = queries is null ? Last(keys, shape.QueryLength) : Guard.Here(queries, shape, "mask");
            if (rows.size(-1) != shape.QueryLength) throw Mismatch(rows, shape, "queries");

            rows = rows.unsqueeze(-1);                                                          // (…, l, 1)
            var allowed = rows.eq(keys.unsqueeze(-2)).logical_and(rows.AtLeast(Outside + 1)); // (…, l, s)
            if (allowed.dim() < 3 || shape.Batch.Count < 2) return allowed;
            long[] heads = [.. Enumerable.Repeat(1L, shape.Batch.Count - 1)]; // the same for all of them
            return allowed.reshape([allowed.size(0), .. heads, shape.QueryLength, shape.KeyLength]);
        }

        /// <summary>The last numbers of each row; what would lie before the first key is outside.</summary>
        private static Tensor Last(Tensor segments, long count)
        {
            var missing = count - segments.size(-1);
            return missing <= 0
                ? segments.narrow(-1, -missing, count)
                : nn.functional.pad(segments, [missing, 0], value: Outside);
        }

        private static ArgumentException Mismatch(Tensor segments, AttentionShape shape, string what) =>
            new($"mask has documents {Guard.Show(segments.shape)} for the {what} of {shape}.", "mask");
    }
}
