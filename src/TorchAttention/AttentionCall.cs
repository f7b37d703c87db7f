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
}
