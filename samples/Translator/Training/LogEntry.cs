namespace Translator.Training;

/// <summary>What a training was like at a moment: a line of its log.</summary>
/// <remarks>What is null was not measured then: the losses of an epoch are known at its end alone.</remarks>
public sealed record LogEntry
{
    /// <summary>Steps of the training so far.</summary>
    public required long Step { get; init; }

    /// <summary>From 1.</summary>
    public required int Epoch { get; init; }

    /// <summary>The running mean of the training loss per target word, in nats; at an epoch's end its mean.</summary>
    public required double Loss { get; init; }

    /// <summary>The mean loss per target word on the validation pairs.</summary>
    public double? ValidationLoss { get; init; }

    /// <summary>BLEU of the validation pairs' translations.</summary>
    public double? Bleu { get; init; }

    /// <summary>Of the step.</summary>
    public double? LearningRate { get; init; }

    /// <summary>The gradient's norm in the step, before it was clipped.</summary>
    public double? GradientNorm { get; init; }

    /// <summary>Source and target tokens, padding not counted, over the whole training.</summary>
    public required double TokensPerSecond { get; init; }

    /// <summary>Since the start of the training.</summary>
    public required double Seconds { get; init; }
}
