using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>
/// The pipeline to the letter, with scores and weights (…, l, s) in memory: for any score, normalizer, mask and bias, and with
/// derivatives of any order. The other kernels are tested against it.
/// </summary>
internal sealed class DenseKernel : Kernel
{
    internal override AttentionOutput Attend(KernelCall call)
    {
        var weights = call.Normalizer.call(Scores(call), call.Inputs.Allowed);
        return new AttentionOutput(Mean(weights, call.Inputs.Value, call.Dropout), weights);
    }

    /// <summary>Score and bias: (…, l, s).</summary>
    internal static Tensor Scores(KernelCall call)
    {
        var scores = call.Score.Compare(call.Inputs.Query, call.Inputs.Key);
        return call.Inputs.Bias is { } bias ? Numbers.Sum(scores, bias) : scores;
    }

    /// <summary>The values under the weights, after dropout: (…, l, e).</summary>
    internal static Tensor Mean(Tensor weights, Tensor value, double dropout) =>
        DropoutFunction.Apply(weights, dropout, isTraining: true).matmul(value);
}
