using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>
/// What a mask or a bias needs to know of the call it is used in: the shape of the scores (…, l, s), their dtype and device.
/// </summary>
public sealed class AttentionShape
{
    internal AttentionShape(long[] batch, long queryLength, long keyLength, ScalarType dtype, Device device)
    {
        Batch = batch;
        QueryLength = queryLength;
        KeyLength = keyLength;
        DType = dtype;
        Device = device;
    }

    /// <summary>
    /// The leading sizes of the scores: empty, (b) or (b, h). For <see cref="MultiHeadAttention"/> the heads come last: (b, h), where
    /// b is 1 for inputs without a batch, or (b, …, h).
    /// </summary>
    public IReadOnlyList<long> Batch { get; }

    /// <summary>l, the number of queries.</summary>
    public long QueryLength { get; }

    /// <summary>s, the number of keys.</summary>
    public long KeyLength { get; }

    /// <summary>The dtype of the scores.</summary>
    public ScalarType DType { get; }

    /// <summary>The device of the inputs, and so of every mask and bias.</summary>
    public Device Device { get; }

    /// <summary>The shape as text: (2, 3, 5, 7).</summary>
    /// <returns>All sizes of the scores.</returns>
    public override string ToString() => Guard.Show([.. Batch, QueryLength, KeyLength]);

    internal static AttentionShape Of(Tensor query, Tensor key, Tensor value) => new(
        Guard.Broadcast(Guard.Broadcast(Leading(query), Leading(key))!, Leading(value))!,
        query.size(-2), key.size(-2), query.dtype, query.device);

    internal static AttentionShape Of(long queryLength, Tensor key, Tensor value) => new(
        Guard.Broadcast(Leading(key), Leading(value))!, queryLength, key.size(-2), key.dtype, key.device);

    /// <summary>The same call with so many keys.</summary>
    internal AttentionShape WithKeys(long keyLength) => new([.. Batch], QueryLength, keyLength, DType, Device);

    /// <summary>A block of the same call.</summary>
    internal AttentionShape Within(QueryBlock block) => new([.. Batch], block.Queries.Count, block.Keys.Count, DType, Device);

    internal static long[] Leading(Tensor tensor) => tensor.shape[..^2];
}
