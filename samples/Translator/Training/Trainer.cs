using System.Diagnostics;
using TorchSharp;
using Translator.Batching;
using Translator.Model;
using static TorchSharp.torch;

namespace Translator.Training;

/// <summary>The training loop. It raises events; progress, logs and checkpoints listen, and the loop knows none of them.</summary>
public sealed class Trainer(TranslationModel model, TrainingOptions options)
{
    /// <summary>A weight of the newest batch in the loss that is shown.</summary>
    private const double Newest = 0.05;

    private readonly Stopwatch watch = new();
    private readonly Random random = new(options.Seed);
    private long step;
    private long tokens;
    private double bestLoss = double.PositiveInfinity;

    /// <summary>Raised after every batch.</summary>
    public event Action<BatchTrained>? BatchTrained;

    /// <summary>Raised after every epoch's validation, and once more if the training is stopped within an epoch.</summary>
    public event Action<EpochTrained>? EpochTrained;

    /// <summary>Trains until the epochs or the minutes are over, or <paramref name="cancellation"/> asks to stop.</summary>
    public void Train(IReadOnlyList<EncodedPair> pairs, IReadOnlyList<EncodedPair> validation, CancellationToken cancellation = default)
    {
        using var optimizer = new AdamW(model.named_parameters());
        watch.Restart();
        for (var epoch = 1; epoch <= options.Epochs && !Over(cancellation); epoch++)
        {
            var loss = TrainEpoch(epoch, optimizer, Steps(pairs), cancellation);
            var validationLoss = Loss(validation);
            var isBest = validationLoss < bestLoss;
            if (isBest) bestLoss = validationLoss;
            EpochTrained?.Invoke(new EpochTrained(epoch, loss, validationLoss, isBest, TokensPerSecond, watch.Elapsed));
        }
    }

    /// <summary>The mean loss per target word, without dropout.</summary>
    public double Loss(IReadOnlyList<EncodedPair> pairs)
    {
        model.eval();
        using var gradients = no_grad();
        var (sum, words) = (0.0, 0L);
        foreach (var some in pairs.OrderBy(pair => pair.Source.Length).Chunk(options.BatchSize))
        {
            using var scope = NewDisposeScope();
            using var batch = Batch.Of(some, CPU);
            sum += model.Loss(batch).item<float>() * batch.TargetTokens;
            words += batch.TargetTokens;
        }
        return words == 0 ? 0 : sum / words;
    }

    private double TokensPerSecond => tokens / Math.Max(watch.Elapsed.TotalSeconds, 1e-9);

    private bool Over(CancellationToken cancellation) =>
        cancellation.IsCancellationRequested || watch.Elapsed.TotalMinutes >= (options.Minutes ?? double.PositiveInfinity);

    /// <summary>An epoch's batches, as many together as make a step.</summary>
    private EncodedPair[][][] Steps(IReadOnlyList<EncodedPair> pairs)
    {
        var batches = options.BatchTokens is { } tokens
            ? Bucketing.ShuffleByTokens(pairs, tokens, random)
            : Bucketing.Shuffle(pairs, options.BatchSize, random);
        return [.. batches.Chunk(options.Accumulation)];
    }

    private double TrainEpoch(int epoch, AdamW optimizer, EncodedPair[][][] steps, CancellationToken cancellation)
    {
        model.train();
        var (sum, shown, done) = (0.0, double.NaN, 0);
        foreach (var batches in steps)
        {
            if (Over(cancellation)) break;
            var fraction = Fraction((double)step / ((long)options.Epochs * steps.Length));
            var loss = TrainStep(optimizer, LearningRate.At(options.LearningRate, step, fraction), batches);
            sum += loss;
            shown = double.IsNaN(shown) ? loss : ((1 - Newest) * shown) + (Newest * loss);
            done++;
            step++;
            fraction = Fraction((double)step / ((long)options.Epochs * steps.Length));
            BatchTrained?.Invoke(new BatchTrained(
                epoch, options.Epochs, done, steps.Length, shown, TokensPerSecond, fraction, TimeLeft(fraction)));
        }
        return done == 0 ? double.NaN : sum / done;
    }

    private double TrainStep(AdamW optimizer, double rate, EncodedPair[][] batches)
    {
        using var scope = NewDisposeScope();
        // Each batch counts by its target words, so that the gradient is the one of all of them at once.
        var words = batches.Sum(pairs => pairs.Sum(pair => pair.Target.Length + 1L));
        var sum = 0.0;
        optimizer.ZeroGradients();
        foreach (var pairs in batches)
        {
            using var inner = NewDisposeScope();
            using var batch = Batch.Of(pairs, CPU);
            var share = model.Loss(batch, options.LabelSmoothing) * ((double)batch.TargetTokens / words);
            share.backward();
            tokens += batch.SourceTokens + batch.TargetTokens;
            sum += share.item<float>();
        }
        optimizer.Step(rate, options.ClipNorm);
        return sum;
    }

    /// <summary>By steps or by time, whichever is further.</summary>
    private double Fraction(double bySteps) =>
        Math.Min(1, Math.Max(bySteps, options.Minutes is { } minutes ? watch.Elapsed.TotalMinutes / minutes : 0));

    private TimeSpan TimeLeft(double fraction) =>
        fraction <= 0 ? TimeSpan.Zero : watch.Elapsed * ((1 - fraction) / fraction);
}
