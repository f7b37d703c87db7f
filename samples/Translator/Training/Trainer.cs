using System.Diagnostics;
using TorchSharp;
using Translator.Batching;
using Translator.Corpus;
using Translator.Model;
using static TorchSharp.torch;

namespace Translator.Training;

/// <summary>The training loop. It raises events; progress, logs and checkpoints listen, and the loop knows none of them.</summary>
/// <remarks>
/// A listener may save the model, <see cref="Progress"/> and <see cref="State"/>; a trainer that <see cref="Resume"/>s from them makes
/// the same steps as this one will, bit for bit.
/// </remarks>
public sealed class Trainer : IDisposable
{
    /// <summary>A weight of the newest step in the loss that is shown.</summary>
    private const double Newest = 0.05;

    /// <summary>What the loss is computed of at once: validation text may have sentences of any length.</summary>
    private const int TokensAtOnce = 2048;

    private readonly TranslationModel model;
    private readonly TrainingOptions options;
    private readonly LearningRate learningRate;
    private readonly AdamW optimizer;
    private readonly TrainingStep step;
    private readonly Stopwatch watch = new();
    private TrainingProgress progress = new();

    /// <summary>Gets ready to train a model, which it does not own.</summary>
    public Trainer(TranslationModel model, TrainingOptions options)
    {
        this.model = model;
        this.options = options;
        learningRate = new LearningRate(options.Schedule, options.LearningRate, options.WarmUp);
        optimizer = new AdamW(
            model.named_parameters(), new AdamWOptions { SquareDecay = options.SquareDecay, WeightDecay = options.WeightDecay });
        step = new TrainingStep(model, optimizer, options);
    }

    /// <summary>Raised after every step.</summary>
    public event Action<BatchTrained>? BatchTrained;

    /// <summary>Raised after every epoch's validation, and once more if the training is stopped within an epoch.</summary>
    public event Action<EpochTrained>? EpochTrained;

    /// <summary>What translates validation pairs after an epoch; without it, or without BLEU, epochs are judged by their loss.</summary>
    public Func<CancellationToken, ValidationTranslations>? Translate { get; init; }

    /// <summary>How far it is, as of the last step or epoch.</summary>
    public TrainingProgress Progress => progress with { Elapsed = Elapsed, Updates = optimizer.Steps };

    /// <summary>What the optimizer remembers, by name.</summary>
    public IReadOnlyDictionary<string, Tensor> State => optimizer.State;

    /// <summary>Whether one of the limits is met.</summary>
    internal bool IsFinished =>
        progress.Epoch > options.Epochs || progress.Step >= options.Steps || Elapsed.TotalMinutes >= options.Minutes
        || progress.EpochsSinceBest >= options.Patience;

    private TimeSpan Elapsed => progress.Elapsed + watch.Elapsed;

    private double TokensPerSecond => progress.Tokens / Math.Max(Elapsed.TotalSeconds, 1e-9);

    /// <summary>Goes on where another trainer was; the model has its weights already.</summary>
    /// <exception cref="ArgumentException">The state does not fit the model.</exception>
    public void Resume(TrainingProgress from, IReadOnlyDictionary<string, Tensor> state)
    {
        optimizer.Load(state, from.Updates);
        progress = from;
    }

    /// <summary>Trains till one of the limits is met, or <paramref name="cancellation"/> asks to stop.</summary>
    public void Train(IReadOnlyList<EncodedPair> pairs, IReadOnlyList<EncodedPair> validation, CancellationToken cancellation = default)
    {
        watch.Restart();
        // An interrupted trainer may have made the last step, but not judged it.
        while (!IsFinished || progress.JudgedStep < progress.Step)
        {
            var steps = Steps(pairs);
            TrainEpoch(steps, cancellation);
            if (cancellation.IsCancellationRequested || !Judge(validation, isWhole: progress.Batch >= steps.Length, cancellation))
            {
                ReportStop(validation);
                break;
            }
        }
        progress = progress with { Elapsed = Elapsed };
        watch.Reset();
    }

    /// <summary>The mean loss per target word, without dropout.</summary>
    public double Loss(IReadOnlyList<EncodedPair> pairs)
    {
        model.eval();
        using var gradients = no_grad();
        var (sum, words) = (0.0, 0L);
        foreach (var some in Bucketing.ByTokens(pairs, TokensAtOnce))
        {
            using var scope = NewDisposeScope();
            using var batch = Batching.Batch.Of(some, CPU);
            sum += model.Loss(batch).item<float>() * batch.TargetTokens;
            words += batch.TargetTokens;
        }
        return words == 0 ? 0 : sum / words;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        step.Dispose();
        optimizer.Dispose();
    }

    /// <summary>The epoch's batches, as many together as make a step.</summary>
    private EncodedPair[][][] Steps(IReadOnlyList<EncodedPair> pairs)
    {
        var order = SplitMix64.Of(options.Seed, progress.Epoch);
        var batches = options.BatchTokens is { } tokens
            ? Bucketing.ShuffleByTokens(pairs, tokens, order)
            : Bucketing.Shuffle(pairs, options.BatchSize, order);
        return [.. batches.Chunk(options.Accumulation)];
    }

    /// <summary>What is left of the epoch, or of the training.</summary>
    private void TrainEpoch(EncodedPair[][][] steps, CancellationToken cancellation)
    {
        model.train();
        while (progress.Batch < steps.Length && !IsFinished && !cancellation.IsCancellationRequested)
        {
            var fraction = Fraction(steps.Length);
            var rate = learningRate.At(progress.Step, fraction);
            var (loss, norm, tokens) = step.Run(steps[progress.Batch], rate, progress.Step, fraction);
            progress = progress with
            {
                Batch = progress.Batch + 1,
                Step = progress.Step + 1,
                Tokens = progress.Tokens + tokens,
                LossSum = progress.LossSum + loss,
                ShownLoss = progress.ShownLoss is { } shown ? ((1 - Newest) * shown) + (Newest * loss) : loss,
            };
            Report(steps.Length, rate, norm);
        }
    }

    private void Report(int steps, double rate, double norm)
    {
        var fraction = Fraction(steps);
        BatchTrained?.Invoke(new BatchTrained
        {
            Epoch = progress.Epoch,
            Epochs = options.Epochs,
            Batch = progress.Batch,
            Batches = steps,
            Step = progress.Step,
            Loss = progress.ShownLoss!.Value,
            LearningRate = rate,
            GradientNorm = norm,
            TokensPerSecond = TokensPerSecond,
            Fraction = fraction,
            Elapsed = Elapsed,
            TimeLeft = TimeLeft(fraction),
        });
    }

    /// <summary>In seconds, since a training without an end in sight has more left than there is room for.</summary>
    private TimeSpan TimeLeft(double fraction) => fraction <= 0
        ? TimeSpan.Zero
        : TimeSpan.FromSeconds(Math.Min(Elapsed.TotalSeconds * ((1 - fraction) / fraction), TrainingProgress.Longest.TotalSeconds));

    /// <summary>Judges the model and goes on to the next epoch if this one is whole.</summary>
    /// <returns>False, and nothing has changed, if it was stopped meanwhile.</returns>
    private bool Judge(IReadOnlyList<EncodedPair> validation, bool isWhole, CancellationToken cancellation)
    {
        var loss = Loss(validation);
        ValidationTranslations? translations;
        try
        {
            translations = Translate?.Invoke(cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return false;
        }
        var score = options.BestBy == Criterion.Bleu && translations?.Bleu is { } bleu ? bleu : -loss;
        var judged = progress.Judged(score, loss);
        var report = Describe(loss, translations, isBest: judged.EpochsSinceBest == 0, isStopped: false);
        progress = isWhole ? judged.NextEpoch() : judged;
        EpochTrained?.Invoke(report);
        return true;
    }

    /// <summary>What was learnt so far counts as the best only where there is nothing else; it will be judged when it is gone on with.</summary>
    private void ReportStop(IReadOnlyList<EncodedPair> validation)
    {
        if (progress.Step == progress.JudgedStep) return;
        var loss = Loss(validation);
        EpochTrained?.Invoke(Describe(loss, null, isBest: progress.BestScore is null && double.IsFinite(loss), isStopped: true));
    }

    private EpochTrained Describe(double loss, ValidationTranslations? translations, bool isBest, bool isStopped) => new()
    {
        Epoch = progress.Epoch,
        Step = progress.Step,
        TrainingLoss = progress.LossSum / progress.Batch,
        ValidationLoss = loss,
        Translations = translations,
        IsBest = isBest,
        IsStopped = isStopped,
        TokensPerSecond = TokensPerSecond,
        Elapsed = Elapsed,
    };

    /// <summary>The share that is done: by steps or by time, whichever is further.</summary>
    private double Fraction(int stepsInEpoch)
    {
        var steps = Math.Min((double)options.Epochs * stepsInEpoch, options.Steps ?? double.PositiveInfinity);
        var byTime = options.Minutes is { } minutes ? Elapsed.TotalMinutes / minutes : 0;
        return Math.Min(1, Math.Max(progress.Step / steps, byTime));
    }
}
