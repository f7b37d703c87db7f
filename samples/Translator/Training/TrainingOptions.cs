namespace Translator.Training;

/// <summary>How to train. Of the limits the one that is met first ends it; without any it ends when it is asked to.</summary>
public sealed record TrainingOptions
{
    /// <summary>The number of epochs of a training that something else ends.</summary>
    public const int NoLimit = int.MaxValue;

    /// <summary>How often every pair is seen, at most.</summary>
    public int Epochs { get; init; } = NoLimit;

    /// <summary>After how many steps to stop; null for no limit. Only time makes a training that cannot be repeated exactly.</summary>
    public long? Steps { get; init; }

    /// <summary>After how many minutes to stop; null for no limit.</summary>
    public double? Minutes { get; init; }

    /// <summary>After how many epochs without a better one to stop; null for any number.</summary>
    public int? Patience { get; init; }

    /// <summary>What makes an epoch better than another.</summary>
    public Criterion BestBy { get; init; }

    /// <summary>How many validation pairs are translated after an epoch, at most; 0 for none.</summary>
    public int ValidationTranslations { get; init; } = 500;

    /// <summary>Sentence pairs per batch.</summary>
    public int BatchSize { get; init; } = 64;

    /// <summary>Tokens of a batch's longer side, padding counted, instead of a number of pairs; null for <see cref="BatchSize"/> pairs.</summary>
    public int? BatchTokens { get; init; }

    /// <summary>How many batches make a step together: as one batch of their size, but in the memory of one of them.</summary>
    public int Accumulation { get; init; } = 1;

    /// <summary>The greatest learning rate; see <see cref="Training.LearningRate"/>.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>How the learning rate goes down.</summary>
    public Schedule Schedule { get; init; }

    /// <summary>Over how many steps the learning rate first goes up.</summary>
    public int WarmUp { get; init; } = 100;

    /// <summary>How much of the squares' running mean a step keeps; see <see cref="AdamWOptions"/>.</summary>
    public double SquareDecay { get; init; } = 0.999;

    /// <summary>How much of a matrix a step takes away, per learning rate.</summary>
    public double WeightDecay { get; init; }

    /// <summary>The greatest norm of a gradient.</summary>
    public double ClipNorm { get; init; } = 1;

    /// <summary>The share of a target's probability that is spread over all words.</summary>
    public double LabelSmoothing { get; init; }

    /// <summary>
    /// What it counts in the loss that the attention looks where the links of a pair say (Chen et al., 2016); nothing where pairs have none.
    /// </summary>
    public double AlignmentWeight { get; init; } = 0.3;

    /// <summary>
    /// With which probability, at the end of the training, the decoder reads a word of its own instead of the target's; see
    /// <see cref="OwnWords"/>.
    /// </summary>
    public double OwnWords { get; init; }

    /// <summary>The numbers that a step is computed with; weights and optimizer are float32 either way.</summary>
    public Precision Precision { get; init; }

    /// <summary>Decides the initial weights, the order of the batches and the dropout.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Why nothing can be trained so, in a line, or null if something can.</summary>
    internal string? Fault() =>
        Epochs < 1 || Steps < 1 || Minutes is not (null or > 0) || Patience < 1 ? "a limit of the training is not more than 0"
        : BatchSize < 1 || BatchTokens < 1 || Accumulation < 1 ? "a batch has nothing in it"
        : !(LearningRate > 0 && double.IsFinite(LearningRate)) || WarmUp < 0 ? $"{LearningRate} after {WarmUp} steps is no learning rate"
        : SquareDecay is not (>= 0 and < 1) || WeightDecay is not (>= 0 and < 1) ? $"decays of {SquareDecay} and {WeightDecay} are not in [0, 1)"
        : ClipNorm is not > 0 ? $"{ClipNorm} is no norm of a gradient"
        : LabelSmoothing is not (>= 0 and < 1) ? $"label smoothing {LabelSmoothing} is not in [0, 1)"
        : OwnWords is not (>= 0 and < 1) ? $"a share of {OwnWords} own words is not in [0, 1)"
        : ValidationTranslations < 0 ? $"{ValidationTranslations} validation pairs are none"
        : !Enum.IsDefined(BestBy) || !Enum.IsDefined(Schedule) || !Enum.IsDefined(Precision) ? "a name of an option is unknown"
        : null;
}
