namespace Translator.Training;

/// <summary>A step was made.</summary>
public sealed record BatchTrained
{
    /// <summary>From 1.</summary>
    public required int Epoch { get; init; }

    /// <summary>How many there will be at most.</summary>
    public required int Epochs { get; init; }

    /// <summary>The step within the epoch, from 1.</summary>
    public required int Batch { get; init; }

    /// <summary>How many steps the epoch has.</summary>
    public required int Batches { get; init; }

    /// <summary>The step within the training, from 1.</summary>
    public required long Step { get; init; }

    /// <summary>The mean loss per target word of the last steps, in nats.</summary>
    public required double Loss { get; init; }

    /// <summary>Of this step.</summary>
    public required double LearningRate { get; init; }

    /// <summary>Of this step, before it was clipped.</summary>
    public required double GradientNorm { get; init; }

    /// <summary>Source and target tokens, padding not counted, over the whole training.</summary>
    public required double TokensPerSecond { get; init; }

    /// <summary>The share of the training that is done, by steps or by time.</summary>
    public required double Fraction { get; init; }

    /// <summary>Since the start of the training.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>An estimate.</summary>
    public required TimeSpan TimeLeft { get; init; }
}

/// <summary>An epoch is over, or the training was stopped within one.</summary>
public sealed record EpochTrained
{
    /// <summary>From 1.</summary>
    public required int Epoch { get; init; }

    /// <summary>Steps of the training so far.</summary>
    public required long Step { get; init; }

    /// <summary>The mean loss over the epoch's steps.</summary>
    public required double TrainingLoss { get; init; }

    /// <summary>The mean loss per target word on the validation pairs.</summary>
    public required double ValidationLoss { get; init; }

    /// <summary>What the model makes of the validation pairs' sources; null if nobody translates, or it was stopped.</summary>
    public required ValidationTranslations? Translations { get; init; }

    /// <summary>Whether no earlier epoch was better.</summary>
    public required bool IsBest { get; init; }

    /// <summary>Whether it was stopped, to be gone on with later; it does not count as an epoch then.</summary>
    public required bool IsStopped { get; init; }

    /// <summary>Source and target tokens, padding not counted, over the whole training.</summary>
    public required double TokensPerSecond { get; init; }

    /// <summary>Since the start of the training.</summary>
    public required TimeSpan Elapsed { get; init; }
}
