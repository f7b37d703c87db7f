using TorchAttention;
using TorchSharp;
using Translator.Batching;
using Translator.Corpus;
using Translator.Model;
using static TorchSharp.torch;

namespace Translator.Training;

/// <summary>One step: the gradient of some batches, and what the optimizer makes of it.</summary>
internal sealed class TrainingStep(TranslationModel model, AdamW optimizer, TrainingOptions options) : IDisposable
{
    private readonly HalfTwin? twin = options.Precision == Precision.BFloat16 ? new HalfTwin(model) : null;

    /// <summary>Makes it.</summary>
    /// <param name="batches">Those that make a step together.</param>
    /// <param name="rate">The learning rate.</param>
    /// <param name="number">The number of the step in the training.</param>
    /// <param name="fraction">The share of the training that is done.</param>
    /// <returns>The mean loss per target word, the gradient's norm, and how many tokens there were.</returns>
    internal (double Loss, double Norm, long Tokens) Run(EncodedPair[][] batches, double rate, long number, double fraction)
    {
        using var scope = NewDisposeScope();
        // Each batch counts by its target words, so that the gradient is the one of all of them at once.
        var words = batches.Sum(pairs => pairs.Sum(pair => pair.Target.Length + 1L));
        var chance = SplitMix64.Of(options.Seed, -1 - number);
        var (sum, tokens) = (0.0, 0L);
        optimizer.ZeroGradients();
        twin?.Begin();
        foreach (var pairs in batches)
        {
            using var inner = NewDisposeScope();
            using var batch = Batch.Of(pairs, CPU);
            OwnWords.Mix(batch, twin?.Half ?? model, options.OwnWords * fraction, chance);
            sum += Backward(batch, (double)batch.TargetTokens / words);
            tokens += batch.SourceTokens + batch.TargetTokens;
        }
        return (sum, optimizer.Step(rate, options.ClipNorm), tokens);
    }

    /// <inheritdoc/>
    public void Dispose() => twin?.Dispose();

    /// <summary>Adds a batch's share of the gradient.</summary>
    /// <returns>Its share of the loss.</returns>
    private double Backward(Batch batch, double share)
    {
        var loss = (twin?.Half ?? model).Loss(batch, options.LabelSmoothing, options.AlignmentWeight).Times(share);
        loss.backward();
        twin?.HandOver();
        return loss.item<float>();
    }
}
