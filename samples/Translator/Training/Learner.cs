using TorchAttention;
using TorchSharp;
using Translator.Batching;
using Translator.Corpus;
using Translator.Model;
using static TorchSharp.torch;

namespace Translator.Training;

/// <summary>
/// Computes the gradient of its share of a step: on the model itself, or on a copy of it, which others have their own of beside it, or
/// which is in bfloat16.
/// </summary>
/// <remarks>
/// Mixed precision (Micikevicius et al., 2018): what moves are the model's own weights in float32, and gradients are added up in float32, so
/// that steps too small for bfloat16 add up. bfloat16 has the range of float32, so losses need no scaling.
/// </remarks>
internal sealed class Learner : IDisposable
{
    private readonly TranslationModel model;
    private readonly TranslationModel own;
    private readonly TrainingOptions options;
    private readonly (Tensor Model, Tensor Own)[] weights;
    private readonly Tensor?[] sums;
    private readonly Generator generator = new(0, CPU);

    /// <summary>Gets ready.</summary>
    /// <param name="model">Whose gradient it is.</param>
    /// <param name="options">How it is trained.</param>
    /// <param name="isBeside">Whether another one has the model itself.</param>
    internal Learner(TranslationModel model, TrainingOptions options, bool isBeside)
    {
        (this.model, this.options) = (model, options);
        own = isBeside || IsHalf ? TranslationModel.Create(model.Options) : model;
        if (IsHalf) own.to(ScalarType.BFloat16);
        var copies = own.named_parameters().ToDictionary(item => item.name, item => (Tensor)item.parameter);
        weights = [.. model.named_parameters().Select(item => ((Tensor)item.parameter, copies[item.name]))];
        sums = new Tensor?[weights.Length];
    }

    /// <summary>Whether this CPU has instructions for bfloat16 (AVX512-BF16, or AMX); without, it works but is slower than float32.</summary>
    internal static bool HasFastHalves => Runtime.Report() is { HasBFloat16: true } or { HasAmx: true };

    /// <summary>The loss of its share.</summary>
    internal double Loss { get; private set; }

    private bool IsHalf => options.Precision == Precision.BFloat16;

    private bool HasCopy => !ReferenceEquals(own, model);

    /// <summary>Computes the gradient of its share of the batches that make a step.</summary>
    /// <param name="shares">Its pairs of each batch.</param>
    /// <param name="words">The target words of the whole step, by which losses count.</param>
    /// <param name="chance">Decides what is dropped, and which words are replaced.</param>
    /// <param name="fraction">The share of the training that is done.</param>
    internal void Learn(IEnumerable<EncodedPair[]> shares, long words, SplitMix64 chance, double fraction)
    {
        Loss = 0;
        generator.manual_seed((long)(chance.Next() >> 1));
        using var source = RandomSource.Use(generator);
        if (HasCopy) TakeWeights();
        foreach (var pairs in shares.Where(pairs => pairs.Length > 0))
        {
            using var scope = NewDisposeScope();
            using var batch = Batch.Of(pairs, CPU);
            OwnWords.Mix(batch, own, options.OwnWords * fraction, chance);
            var loss = own.Loss(batch, options.LabelSmoothing, options.AlignmentWeight).Times((double)batch.TargetTokens / words);
            loss.backward();
            Loss += loss.item<float>();
            if (HasCopy) CollectGradients();
        }
    }

    /// <summary>Adds the gradient to the model's, where it is not there already.</summary>
    internal void HandOver()
    {
        using var noGradient = no_grad();
        for (var i = 0; i < sums.Length; i++)
        {
            if (sums[i] is not { } sum) continue;
            using var gradient = weights[i].Model.grad;
            if (gradient is null) weights[i].Model.grad = sum;
            else gradient.Add(sum);
            sum.Dispose();
            sums[i] = null;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var sum in sums) sum?.Dispose();
        if (HasCopy) own.Dispose();
        generator.Dispose();
    }

    private void TakeWeights()
    {
        using var noGradient = no_grad();
        foreach (var (given, copy) in weights) copy.copy_(given);
        own.train(model.training);
    }

    /// <summary>After each batch, so that batches are added up in float32.</summary>
    private void CollectGradients()
    {
        using var noGradient = no_grad();
        for (var i = 0; i < sums.Length; i++)
        {
            using var gradient = weights[i].Own.grad;
            if (gradient is null) continue;
            weights[i].Own.grad = null;
            if (sums[i] is { } sum) sum.Add(gradient);
            else sums[i] = (IsHalf ? gradient.to(ScalarType.Float32) : gradient.alias()).DetachFromDisposeScope();
        }
    }
}
