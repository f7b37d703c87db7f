using TorchAttention;
using TorchSharp;
using Translator.Model;
using static TorchSharp.torch;

namespace Translator.Training;

/// <summary>
/// Mixed precision (Micikevicius et al., 2018): a copy of a model in bfloat16 computes the gradients, and what they move are the model's own
/// weights in float32, so that steps too small for bfloat16 add up. bfloat16 has the range of float32, so losses need no scaling.
/// </summary>
internal sealed class HalfTwin : IDisposable
{
    private readonly TranslationModel model;
    private readonly (Tensor Own, Tensor Half)[] weights;

    internal HalfTwin(TranslationModel model)
    {
        this.model = model;
        Half = TranslationModel.Create(model.Options);
        Half.to(ScalarType.BFloat16);
        var halves = Half.named_parameters().ToDictionary(item => item.name, item => (Tensor)item.parameter);
        weights = [.. model.named_parameters().Select(item => ((Tensor)item.parameter, halves[item.name]))];
    }

    /// <summary>The copy.</summary>
    internal TranslationModel Half { get; }

    /// <summary>Whether this CPU has instructions for it (AVX512-BF16, or AMX); without, it works but is slower than float32.</summary>
    internal static bool IsFast => Runtime.Report() is { HasBFloat16: true } or { HasAmx: true };

    /// <summary>Takes over the model's weights, before a step.</summary>
    internal void Begin()
    {
        using var noGradient = no_grad();
        foreach (var (own, half) in weights) half.copy_(own);
        Half.train(model.training);
    }

    /// <summary>Adds the copy's gradients to the model's and takes them away: after each batch, so that they are added up in float32.</summary>
    internal void HandOver()
    {
        using var noGradient = no_grad();
        foreach (var (own, half) in weights)
        {
            using var gradient = half.grad;
            if (gradient is null) continue;
            half.grad = null;
            var exact = gradient.to(ScalarType.Float32);
            own.grad = own.grad is { } sum ? Numbers.Sum(sum, exact) : exact;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Half.Dispose();
}
