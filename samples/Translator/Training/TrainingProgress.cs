namespace Translator.Training;

/// <summary>
/// How far a training is: with the weights and the optimizer's state, all that it takes to go on as if nothing had happened.
/// </summary>
/// <remarks>The order of an epoch's batches, and what a step drops, follow from the seed and the number of the epoch or step: they are no part of it.</remarks>
public sealed record TrainingProgress
{
    /// <summary>A hundred years: times are no longer, and can be added and shown.</summary>
    internal static readonly TimeSpan Longest = TimeSpan.FromDays(36_525);

    /// <summary>The epoch in hand, from 1.</summary>
    public int Epoch { get; init; } = 1;

    /// <summary>How many of the epoch's steps are done.</summary>
    public int Batch { get; init; }

    /// <summary>How many steps are done in all.</summary>
    public long Step { get; init; }

    /// <summary>How many of them the optimizer made: all whose gradient was finite.</summary>
    public long Updates { get; init; }

    /// <summary>After how many steps the model was last judged on the validation pairs.</summary>
    public long JudgedStep { get; init; }

    /// <summary>Source and target tokens that were trained on.</summary>
    public long Tokens { get; init; }

    /// <summary>The sum of the losses of the epoch's steps.</summary>
    public double LossSum { get; init; }

    /// <summary>The running mean of the loss that is shown; null before the first step.</summary>
    public double? ShownLoss { get; init; }

    /// <summary>The score of the best epoch, higher is better; null as long as there is none.</summary>
    public double? BestScore { get; init; }

    /// <summary>The validation loss of the best epoch.</summary>
    public double? BestLoss { get; init; }

    /// <summary>How many epochs came after the best one.</summary>
    public int EpochsSinceBest { get; init; }

    /// <summary>How long it took.</summary>
    public TimeSpan Elapsed { get; init; }

    /// <summary>
    /// What a judgement makes of it. A score or a loss that is not a number, as of a model that learnt nothing, is never the best.
    /// </summary>
    internal TrainingProgress Judged(double score, double loss)
    {
        var isBest = double.IsFinite(loss)
            && (BestScore is not { } best || score > best || (score == best && loss < BestLoss));
        return isBest
            ? this with { JudgedStep = Step, BestScore = score, BestLoss = loss, EpochsSinceBest = 0 }
            : this with { JudgedStep = Step, EpochsSinceBest = EpochsSinceBest + 1 };
    }

    /// <summary>The next epoch, nothing of it done.</summary>
    internal TrainingProgress NextEpoch() => this with { Epoch = Epoch + 1, Batch = 0, LossSum = 0 };

    /// <summary>Why no training can be there, in a line, or null if one can.</summary>
    internal string? Fault() =>
        Epoch < 1 || Batch < 0 || Step < Batch || Updates < 0 || Updates > Step || JudgedStep < 0 || JudgedStep > Step || Tokens < 0 || EpochsSinceBest < 0
            ? "its counts of epochs, steps and tokens do not fit each other"
            : Elapsed < TimeSpan.Zero || Elapsed > Longest ? $"it took {Elapsed}"
            : null;
}
