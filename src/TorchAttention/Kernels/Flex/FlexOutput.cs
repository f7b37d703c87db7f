using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>What <see cref="FlexAttention.AttendInFull"/> returns; gradients flow through all of it.</summary>
/// <param name="Context">(…, h, l, e).</param>
/// <param name="Weights">(…, h, l, s), before dropout; of <see cref="FlexOptions.WeightRows"/> alone where they are given.</param>
/// <param name="LogSumExp">(…, h, l), float32: log Σ exp(modified score), minus infinity in an empty row.</param>
public sealed record FlexOutput(Tensor Context, Tensor Weights, Tensor LogSumExp);
