using TorchSharp;
using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>
/// What the biases of one call add to its scores, taken apart so that a kernel need not read a number for each pair: a number for
/// each distance, and what is not told by the distance.
/// </summary>
internal sealed class Addends
{
    private readonly AttentionShape shape;
    private Tensor? dense;

    private Addends(AttentionShape shape, Tensor? diagonals, Tensor? rest)
    {
        this.shape = shape;
        (Diagonals, Rest) = (diagonals, rest);
    }

    /// <summary>
    /// (h, l + s) or (1, l + s), in float32 or float64: entry n is for the pairs whose key index minus query index is n - l; null for none.
    /// </summary>
    internal Tensor? Diagonals { get; }

    /// <summary>What else is added, in the inputs' dtype, broadcastable to (…, l, s); null for nothing.</summary>
    internal Tensor? Rest { get; }

    /// <summary>Everything in one tensor of the inputs' dtype, broadcastable to (…, l, s).</summary>
    internal Tensor Dense => dense ??= Sum(Diagonals is null ? null : Spread(), Rest)!;

    internal static Addends Along(AttentionShape shape, Tensor diagonals) => new(shape, diagonals, null);

    internal static Addends Of(AttentionShape shape, Tensor dense) => new(shape, null, dense);

    internal static Addends Sum(Addends left, Addends right) =>
        new(left.shape, Sum(left.Diagonals, right.Diagonals), Sum(left.Rest, right.Rest));

    /// <summary>The same with another tensor (…, l, s); the diagonals have no dimensions but the heads'.</summary>
    internal Addends Map(Func<Tensor, Tensor> change) => Rest is null ? this : new Addends(shape, Diagonals, change(Rest));

    /// <summary>The same for a block of the pairs, from its part of the tensors.</summary>
    internal Addends Within(QueryBlock block, Tensor? diagonals, Tensor? rest) => new(shape.Within(block), diagonals, rest);

    /// <summary>(h, l, s), or (l, s) for one head: every row is the one below it, moved by one.</summary>
    private Tensor Spread()
    {
        var (l, s) = (shape.QueryLength, shape.KeyLength);
        var values = Diagonals!.unfold(-1, s, 1).narrow(-2, 1, l).flip(-2);
        return (values.size(0) == 1 ? values.squeeze(0) : values).to(shape.DType);
    }

    private static Tensor? Sum(Tensor? left, Tensor? right) => left is null ? right : right is null ? left : Numbers.Sum(left, right);
}
