namespace Translator.Training;

/// <summary>How to train.</summary>
/// <param name="Epochs">How often every pair is seen, at most.</param>
/// <param name="Minutes">After how many minutes to stop, if the epochs are not over before; null for no limit.</param>
/// <param name="BatchSize">Sentence pairs per step.</param>
/// <param name="LearningRate">Adam's greatest step size: reached after a warm-up, then lowered along a cosine.</param>
/// <param name="LabelSmoothing">The share of a target's probability that is spread over all words.</param>
/// <param name="ClipNorm">The greatest norm of a gradient.</param>
/// <param name="Seed">Decides the initial weights, the order of the batches and the dropout.</param>
public sealed record TrainingOptions(
    int Epochs, double? Minutes, int BatchSize, double LearningRate, double LabelSmoothing, double ClipNorm, int Seed)
{
    /// <summary>Tokens of a batch's longer side, padding counted, instead of a number of pairs; null for <see cref="BatchSize"/> pairs.</summary>
    public int? BatchTokens { get; init; }

    /// <summary>How many batches make a step together: as one batch of their size, but in the memory of one of them.</summary>
    public int Accumulation { get; init; } = 1;

    /// <summary>The number of epochs of a training that only time or the user ends.</summary>
    public const int NoLimit = int.MaxValue;
}
