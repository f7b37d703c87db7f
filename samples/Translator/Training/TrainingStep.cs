using TorchAttention;
using TorchSharp;
using Translator.Batching;
using Translator.Model;
using static TorchSharp.torch;

namespace Translator.Training;

/// <summary>One step: the gradient of some batches, and what the optimizer makes of it.</summary>
internal sealed class TrainingStep(TranslationModel model, AdamW optimizer, TrainingOptions options)
{
    /// <summary>Makes it.</summary>
    /// <param name="batches">Those that make a step together.</param>
    /// <param name="rate">The learning rate.</param>
    /// <returns>The mean loss per target word, the gradient's norm, and how many tokens there were.</returns>
    internal (double Loss, double Norm, long Tokens) Run(EncodedPair[][] batches, double rate)
    {
        using var scope = NewDisposeScope();
        // Each batch counts by its target words, so that the gradient is the one of all of them at once.
        var words = batches.Sum(pairs => pairs.Sum(pair => pair.Target.Length + 1L));
        var (sum, tokens) = (0.0, 0L);
        optimizer.ZeroGradients();
        foreach (var pairs in batches)
        {
            using var inner = NewDisposeScope();
            using var batch = Batch.Of(pairs, CPU);
            var share = model.Loss(batch, options.LabelSmoothing, options.AlignmentWeight).Times((double)batch.TargetTokens / words);
            share.backward();
            tokens += batch.SourceTokens + batch.TargetTokens;
            sum += share.item<float>();
        }
        return (sum, optimizer.Step(rate, options.ClipNorm), tokens);
    }
}
