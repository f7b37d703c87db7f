using System.CommandLine;
using Translator.Training;

namespace Translator.Cli;

/// <summary>The options that say how a model is trained; what is not given comes from the preset.</summary>
internal sealed class LearningOptions
{
    private readonly LimitOptions limits;
    private readonly Option<Criterion?> bestBy = new("--best-by") { Description = "What makes an epoch the best: BLEU of its translations or loss, on validation." };
    private readonly Option<int?> translations = new Option<int?>("--validation-translations") { Description = "Validation pairs that are translated after an epoch, at most; 0 for none." }
        .Require(value => value is null or >= 0, "must not be negative");

    private readonly Option<int?> batchSize = Options.Positive<int>("--batch-size", "Pairs per batch.");
    private readonly Option<int?> batchTokens = Options.Positive<int>("--batch-tokens", "Tokens per batch instead of pairs: of its longer side, padding counted.");
    private readonly Option<int?> accumulate = Options.Positive<int>("--accumulate", "Batches per step: as one so many times as large, in the memory of one.");
    private readonly Option<double?> learningRate = Options.Positive<double>("--learning-rate", "Adam's greatest step size.");
    private readonly Option<Schedule?> schedule = new("--schedule") { Description = "How the learning rate goes down after its warm-up." };
    private readonly Option<int?> warmUp = new Option<int?>("--warm-up") { Description = "Steps over which the learning rate first goes up." }
        .Require(value => value is null or >= 0, "must not be negative");

    private readonly Option<double?> squareDecay = Share("--square-decay", "How much of the squares' mean Adam keeps from step to step, its beta2.");
    private readonly Option<double?> weightDecay = Share("--weight-decay", "How much of a matrix a step takes away, per learning rate.");
    private readonly Option<double?> smoothing = Share("--label-smoothing", "The share of probability spread over all words.");
    private readonly Option<double?> ownWords = Share("--own-words", "Which share of the words that the decoder reads are its own at the end of the training; it grows from none.");
    private readonly Option<double?> guidance = Options.Positive<double>("--alignment-weight", "What the attention's part counts in the loss when it is guided.");
    private readonly Option<Precision?> precision = new("--precision") { Description = "Numbers to compute steps with; weights are float32 either way." };
    private readonly Option<int> seed = Options.Seed();

    /// <summary>Adds the options to a command.</summary>
    internal LearningOptions(Command command)
    {
        limits = new LimitOptions(command);
        foreach (var option in (Option[])[
            bestBy, translations, batchSize, batchTokens, accumulate, learningRate, schedule, warmUp,
            squareDecay, weightDecay, smoothing, ownWords, guidance, precision, seed])
            command.Add(option);
    }

    /// <summary>How to train, as was asked for.</summary>
    internal TrainingOptions Training(ParseResult parsed, TrainingOptions standard) => limits.Limited(parsed, standard) with
    {
        BestBy = parsed.GetValue(bestBy) ?? standard.BestBy,
        ValidationTranslations = parsed.GetValue(translations) ?? standard.ValidationTranslations,
        BatchSize = parsed.GetValue(batchSize) ?? standard.BatchSize,
        BatchTokens = parsed.GetValue(batchTokens) ?? (parsed.GetValue(batchSize) is null ? standard.BatchTokens : null),
        Accumulation = parsed.GetValue(accumulate) ?? standard.Accumulation,
        LearningRate = parsed.GetValue(learningRate) ?? standard.LearningRate,
        Schedule = parsed.GetValue(schedule) ?? standard.Schedule,
        WarmUp = parsed.GetValue(warmUp) ?? standard.WarmUp,
        SquareDecay = parsed.GetValue(squareDecay) ?? standard.SquareDecay,
        WeightDecay = parsed.GetValue(weightDecay) ?? standard.WeightDecay,
        LabelSmoothing = parsed.GetValue(smoothing) ?? standard.LabelSmoothing,
        OwnWords = parsed.GetValue(ownWords) ?? standard.OwnWords,
        AlignmentWeight = parsed.GetValue(guidance) ?? standard.AlignmentWeight,
        Precision = parsed.GetValue(precision) ?? standard.Precision,
        Seed = parsed.GetValue(seed),
    };

    private static Option<double?> Share(string name, string description) =>
        new Option<double?>(name) { Description = description }.Require(value => value is null or (>= 0 and < 1), "must be in [0, 1)");
}
