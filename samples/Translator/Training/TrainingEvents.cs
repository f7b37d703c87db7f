namespace Translator.Training;

/// <summary>A batch was trained on.</summary>
/// <param name="Epoch">From 1.</param>
/// <param name="Epochs">How many there will be at most.</param>
/// <param name="Batch">From 1, within the epoch.</param>
/// <param name="Batches">How many the epoch has.</param>
/// <param name="Loss">The mean loss per target word of the last batches, in nats.</param>
/// <param name="TokensPerSecond">Source and target tokens, padding not counted.</param>
/// <param name="Fraction">The share of the training that is done, by steps or by time.</param>
/// <param name="TimeLeft">An estimate.</param>
public sealed record BatchTrained(
    int Epoch, int Epochs, int Batch, int Batches, double Loss, double TokensPerSecond, double Fraction, TimeSpan TimeLeft);

/// <summary>An epoch is over, or the training was stopped within one.</summary>
/// <param name="Epoch">From 1.</param>
/// <param name="TrainingLoss">The mean loss over the epoch's batches.</param>
/// <param name="ValidationLoss">The mean loss per target word on the validation pairs.</param>
/// <param name="IsBest">Whether no earlier epoch had a lower validation loss.</param>
/// <param name="TokensPerSecond">Source and target tokens, padding not counted, over the whole training.</param>
/// <param name="Elapsed">Since the start of the training.</param>
public sealed record EpochTrained(
    int Epoch, double TrainingLoss, double ValidationLoss, bool IsBest, double TokensPerSecond, TimeSpan Elapsed);
