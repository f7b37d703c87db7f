using TorchSharp;
using static TorchSharp.torch;

namespace TorchAttention;

/// <summary>What a kernel is asked for: a call of the pipeline, and the parts that it goes through.</summary>
internal sealed class KernelCall(Score score, Normalizer normalizer, AttentionCall inputs, double dropout)
{
    private (Tensor Query, double Scale)? product;

    internal Score Score => score;

    internal Normalizer Normalizer => normalizer;

    internal AttentionCall Inputs => inputs;

    /// <summary>The probability with which a weight is dropped; 0 outside training.</summary>
    internal double Dropout => dropout;

    /// <summary>The scores, before they are capped, as scale · query · keyᵀ; null where they are no product.</summary>
    internal (Tensor Query, double Scale)? Product => product ??= score.Product(inputs.Query);

    /// <summary>The bound c of scores that are c · tanh(product / c); null for none.</summary>
    internal double? Cap => score.Cap;

    /// <summary>The inputs' leading sizes as batch and heads.</summary>
    internal FourDimensions Four => new(inputs.Query, inputs.Key, inputs.Value);

    /// <summary>What is added to the scores: the bias, with minus infinity where a pair may not meet.</summary>
    internal Tensor? Added => inputs.Bias is not { } bias || inputs.Allowed is not { } allowed
        ? inputs.Bias
        : bias.Fill(allowed.logical_not(), double.NegativeInfinity);
}
