using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>
/// What the kernel fills: context (b, h, l, e), statistics of the rows (2, b, h, l) for backward, and where they are asked for the
/// log-sum-exp (b, h, l) and the weights (b, h, l or chosen rows, s); all but the context in float32.
/// </summary>
internal sealed record FlexResult(Tensor Context, Tensor Statistics, Tensor? LogSumExp, Tensor? Weights)
{
    internal Tensor?[] Tensors => [Context, Statistics, LogSumExp, Weights];
}
