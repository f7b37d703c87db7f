using Translator.Batching;
using Translator.Corpus;
using Translator.Model;
using static TorchSharp.torch;

namespace Translator.Training;

/// <summary>
/// One step: the gradient of some batches, and what the optimizer makes of it. The pairs of a batch are dealt to learners that work side by
/// side and whose gradients are added up in their order, so that a number of threads always comes to the same bits.
/// </summary>
internal sealed class TrainingStep : IDisposable
{
    private readonly AdamW optimizer;
    private readonly TrainingOptions options;
    private readonly Learner[] learners;
    private readonly Crew crew;

    /// <summary>Gets ready, for as many threads as torch is set to.</summary>
    internal TrainingStep(TranslationModel model, AdamW optimizer, TrainingOptions options)
    {
        (this.optimizer, this.options) = (optimizer, options);
        crew = Crew.For(parts: int.MaxValue);
        learners = [.. Enumerable.Range(0, crew.Size).Select(i => new Learner(model, options, isBeside: i > 0))];
    }

    /// <summary>Makes it.</summary>
    /// <param name="batches">Those that make a step together.</param>
    /// <param name="rate">The learning rate.</param>
    /// <param name="number">The number of the step in the training.</param>
    /// <param name="fraction">The share of the training that is done.</param>
    /// <returns>The mean loss per target word, the gradient's norm, and how many tokens there were.</returns>
    internal (double Loss, double Norm, long Tokens) Run(EncodedPair[][] batches, double rate, long number, double fraction)
    {
        // Each share counts by its target words, so that the gradient is the one of all of them at once.
        var words = batches.Sum(pairs => pairs.Sum(pair => pair.Target.Length + 1L));
        var tokens = words + batches.Sum(pairs => pairs.Sum(pair => pair.Source.Length + 1L));
        optimizer.ZeroGradients();
        crew.Run(i => learners[i].Learn(
            batches.Select(pairs => Share(pairs, i)), words, SplitMix64.Of(options.Seed, -1 - ((number * crew.Size) + i)), fraction));
        foreach (var learner in learners) learner.HandOver();
        return (learners.Sum(learner => learner.Loss), optimizer.Step(rate, options.ClipNorm), tokens);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        crew.Dispose();
        foreach (var learner in learners) learner.Dispose();
    }

    /// <summary>Every so many-th pair: they lie by length, and all learners are to have as much to do.</summary>
    private EncodedPair[] Share(EncodedPair[] pairs, int learner) => [.. pairs.Where((_, i) => i % learners.Length == learner)];
}
