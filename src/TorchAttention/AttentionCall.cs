using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>
/// One call of the pipeline, its inputs checked: query (…, l, d), prepared key (…, s, ·), value (…, s, e), and what the mask
/// and the bias came to.
/// </summary>
internal readonly record struct AttentionCall(
    Tensor Query, Tensor Key, Tensor Value, Pairs? Pairs, Addends? Added, bool NeedWeights)
{
    /// <summary>Which pairs may meet, (…, l or 1, s); null where all may.</summary>
    internal Tensor? Allowed => Pairs?.Dense;

    /// <summary>What is added to the scores, broadcastable to (…, l, s); null for nothing.</summary>
    internal Tensor? Bias => Added?.Dense;

    /// <summary>All tensors of the call, in an order of their own; null where there is none.</summary>
    internal Tensor?[] Tensors => [Query, Key, Value, Added?.Diagonals, Added?.Rest, Pairs?.Keys, Pairs?.Rest];

    /// <summary>The same for a block of the pairs, from its part of the tensors.</summary>
    internal AttentionCall Within(QueryBlock block, Tensor?[] tensors) => new(
        tensors[0]!, tensors[1]!, tensors[2]!, Pairs?.Within(block, tensors[5], tensors[6]), Added?.Within(block, tensors[3], tensors[4]), NeedWeights);
}
