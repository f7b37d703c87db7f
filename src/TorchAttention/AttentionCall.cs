using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>
/// One call of the pipeline, its inputs checked: query (…, l, d), prepared key (…, s, ·), value (…, s, e), and what the mask
/// and the bias came to, each broadcastable to (…, l, s).
/// </summary>
internal readonly record struct AttentionCall(
    Tensor Query, Tensor Key, Tensor Value, Tensor? Allowed, Tensor? Bias, bool NeedWeights);
