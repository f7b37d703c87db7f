using TorchSharp;
using Translator.Model;
using Translator.Search;
using Translator.Tests.Model;
using Translator.Training;
using Xunit;

namespace Translator.Tests.Training;

/// <summary>Trainings need their own process-wide random numbers, so these run alone.</summary>
[CollectionDefinition(nameof(TrainerTests), DisableParallelization = true)]
[Collection(nameof(TrainerTests))]
public class TrainerTests
{
    private static readonly TrainingOptions Options = new() { Epochs = 12, BatchSize = 25, LearningRate = 1e-2 };

    [Fact]
    public void LearnsToWriteBackwards()
    {
        torch.random.manual_seed(1);
        using var model = SmallModel.Create(hidden: 64);
        var losses = new List<double>();
        using var trainer = new Trainer(model, Options);
        trainer.EpochTrained += epoch => losses.Add(epoch.ValidationLoss);

        trainer.Train(SmallModel.Reversals(1000, seed: 1), SmallModel.Reversals(100, seed: 2));

        Assert.Equal(12, losses.Count);
        Assert.True(losses[^1] < 0.1, $"the loss on unseen sequences is {losses[^1]}");
        var unseen = SmallModel.Reversals(50, seed: 3);
        var written = new SentenceTranslator(model, SmallModel.Codec, SmallModel.Codec)
            .Translate([.. unseen.Select(pair => SmallModel.Text(pair.Source))]);
        var right = unseen.Zip(written).Count(item => SmallModel.Text(item.First.Target).SequenceEqual(item.Second.Target));
        Assert.True(right >= 45, $"{right} of 50 right");
    }

    [Fact]
    public void OneSeedMakesOneModel()
    {
        Assert.Equal(Weights(1), Weights(1));
        Assert.NotEqual(Weights(1), Weights(2));

        static float[] Weights(int seed)
        {
            torch.random.manual_seed(seed);
            using var model = SmallModel.Create(dropout: 0.2);
            using var trainer = new Trainer(model, Options with { Epochs = 2, Seed = seed });
            trainer.Train(SmallModel.Reversals(100, 1), SmallModel.Reversals(10, 2));
            return [.. model.parameters().SelectMany(parameter => parameter.data<float>().ToArray())];
        }
    }

    /// <summary>The gradients are compared, not the weights: Adam's first steps have one size, whatever a gradient's, and would show rounding large.</summary>
    [Fact]
    public void BatchesThatMakeAStepTogetherAreOneBatch()
    {
        var pairs = SmallModel.Reversals(24, seed: 1);
        var together = Train((24, 1));
        var apart = Train((7, 4));

        Assert.Equal(1, together.Steps);
        Assert.Equal(1, apart.Steps);
        Assert.Equal(together.Loss, apart.Loss, 1e-5);
        // Less than a part in a hundred thousand of the largest is rounding.
        var tolerance = 1e-5f * together.Gradients.Max(MathF.Abs);
        Assert.All(together.Gradients.Zip(apart.Gradients), pair => Assert.Equal(pair.First, pair.Second, tolerance));

        (int Steps, double Loss, float[] Gradients) Train((int Batch, int Together) size)
        {
            torch.random.manual_seed(5);
            using var model = SmallModel.Create();
            var (steps, loss) = (0, 0.0);
            using var trainer = new Trainer(model, Options with { Epochs = 1, BatchSize = size.Batch, Accumulation = size.Together });
            trainer.BatchTrained += batch => (steps, loss) = (steps + 1, batch.Loss);
            trainer.Train(pairs, []);
            return (steps, loss, [.. model.parameters().SelectMany(parameter => parameter.grad!.data<float>().ToArray())]);
        }
    }

    /// <summary>Also of batches with fewer pairs than there are threads.</summary>
    [Theory]
    [InlineData(24)]
    [InlineData(2)]
    public void ThreadsShareTheGradient(int batch)
    {
        var pairs = SmallModel.Reversals(24, seed: 1);
        var alone = Train(threads: 1);
        Assert.All(new[] { 2, 3, 9 }, threads =>
        {
            var shared = Train(threads);
            Assert.Equal(alone.Loss, shared.Loss, 1e-5);
            var tolerance = 1e-5f * alone.Gradients.Max(MathF.Abs);
            Assert.All(alone.Gradients.Zip(shared.Gradients), pair => Assert.Equal(pair.First, pair.Second, tolerance));
        });

        (double Loss, float[] Gradients) Train(int threads) => OnThreads(threads, () =>
        {
            torch.random.manual_seed(5);
            using var model = SmallModel.Create();
            var loss = 0.0;
            using var trainer = new Trainer(model, Options with { Steps = 1, BatchSize = batch });
            trainer.BatchTrained += trained => loss = trained.Loss;
            trainer.Train(pairs, []);
            return (loss, (float[])[.. model.parameters().SelectMany(parameter => parameter.grad!.data<float>().ToArray())]);
        });
    }

    /// <summary>Who is first does not matter: not to what is dropped or sampled, and not to sums.</summary>
    [Theory]
    [InlineData("additive", Precision.Float32)]
    [InlineData("hard", Precision.Float32)]
    [InlineData("transformer", Precision.Float32)]
    [InlineData("transformer", Precision.BFloat16)]
    public void ThreadsRepeatThemselves(string kind, Precision precision)
    {
        Assert.Equal(Weights(), Weights());

        float[] Weights() => OnThreads(2, () =>
        {
            torch.random.manual_seed(1);
            using var model = SmallModel.Create(kind, dropout: 0.2);
            using var trainer = new Trainer(model, Options with { Epochs = 2, Precision = precision, OwnWords = 0.2, Accumulation = 2 });
            trainer.Train(SmallModel.Reversals(200, 1), SmallModel.Reversals(10, 2));
            return (float[])[.. model.parameters().SelectMany(parameter => parameter.data<float>().ToArray())];
        });
    }

    [Fact]
    public void TokenBatchesTrainToo()
    {
        torch.random.manual_seed(1);
        using var model = SmallModel.Create();
        var losses = new List<double>();
        using var trainer = new Trainer(model, Options with { Epochs = 3, BatchTokens = 60, Accumulation = 2 });
        trainer.EpochTrained += epoch => losses.Add(epoch.ValidationLoss);
        trainer.Train(SmallModel.Reversals(300, seed: 1), SmallModel.Reversals(50, seed: 2));
        Assert.True(losses[^1] < losses[0]);
    }

    [Fact]
    public void TwoThousandStepsLeaveNothingBehind()
    {
        using var model = SmallModel.Create(dropout: 0.1);
        var live = new List<long>();
        using var trainer = new Trainer(model, Options with { Epochs = 40, BatchSize = 10 });
        trainer.EpochTrained += _ => live.Add(DisposeScopeManager.Statistics.ThreadTotalLiveCount);

        trainer.Train(SmallModel.Reversals(500, 1), SmallModel.Reversals(10, 2));

        Assert.Equal(40, live.Count);
        Assert.All(live.Skip(4), count => Assert.Equal(live[3], count)); // after 200 steps
    }

    [Fact]
    public void StopsWithinAnEpochWhenAskedAndReportsIt()
    {
        using var model = SmallModel.Create();
        using var stop = new CancellationTokenSource();
        var (batches, epochs) = (0, 0);
        using var trainer = new Trainer(model, Options);
        trainer.BatchTrained += batch =>
        {
            batches++;
            if (batch.Batch == 3) stop.Cancel();
        };
        trainer.EpochTrained += _ => epochs++;

        trainer.Train(SmallModel.Reversals(500, 1), SmallModel.Reversals(10, 2), stop.Token);

        Assert.Equal(3, batches);
        Assert.Equal(1, epochs);
    }

    [Fact]
    public void StopsAfterItsSteps()
    {
        using var model = SmallModel.Create();
        var (steps, epochs) = (0, new List<EpochTrained>());
        using var trainer = new Trainer(model, Options with { Epochs = TrainingOptions.NoLimit, Steps = 5, BatchSize = 10 });
        trainer.BatchTrained += batch => Assert.Equal((++steps / 5.0, steps), (batch.Fraction, batch.Step));
        trainer.EpochTrained += epochs.Add;

        trainer.Train(SmallModel.Reversals(30, 1), SmallModel.Reversals(10, 2));

        Assert.Equal(5, steps);
        Assert.Equal([3L, 5], epochs.Select(epoch => epoch.Step));
        Assert.All(epochs, epoch => Assert.False(epoch.IsStopped));
    }

    [Fact]
    public void ATrainingWithoutAnEndInSightHasTimeLeft()
    {
        using var model = SmallModel.Create();
        using var stop = new CancellationTokenSource();
        var left = new List<TimeSpan>();
        using var trainer = new Trainer(model, Options with { Epochs = TrainingOptions.NoLimit - 1 });
        trainer.Resume(new TrainingProgress { Elapsed = TimeSpan.FromDays(300) }, trainer.State.ToDictionary(item => item.Key, item => item.Value.clone()));
        trainer.BatchTrained += batch =>
        {
            left.Add(batch.TimeLeft);
            stop.Cancel();
        };

        trainer.Train(SmallModel.Reversals(100, 1), SmallModel.Reversals(10, 2), stop.Token);

        Assert.Equal([TrainingProgress.Longest], left);
    }

    /// <summary>The scores are made up: the second epoch is the best, the third is its equal with a loss that may be lower.</summary>
    [Theory]
    [InlineData(Criterion.Bleu, new[] { true, true, false, false })]
    [InlineData(Criterion.Loss, new[] { true, true, true, true })]
    public void PatienceEndsAndTheCriterionChooses(Criterion criterion, bool[] best)
    {
        using var model = SmallModel.Create();
        double[] scores = [10, 20, 15, 19];
        var found = new List<bool>();
        using var trainer = new Trainer(model, Options with { Epochs = 4, Patience = 2, BestBy = criterion, LearningRate = 1e-3 })
        {
            Translate = _ => new ValidationTranslations(scores[found.Count], []),
        };
        trainer.EpochTrained += epoch => found.Add(epoch.IsBest);

        trainer.Train(SmallModel.Reversals(300, 1), SmallModel.Reversals(100, 2));

        Assert.Equal(best, found);
    }

    [Fact]
    public void PatienceIsLost()
    {
        using var model = SmallModel.Create();
        var epochs = 0;
        using var trainer = new Trainer(model, Options with { Patience = 2 }) { Translate = _ => new ValidationTranslations(10 - epochs, []) };
        trainer.EpochTrained += _ => epochs++;
        trainer.Train(SmallModel.Reversals(30, 1), SmallModel.Reversals(10, 2));
        Assert.Equal(3, epochs);
        Assert.Equal(2, trainer.Progress.EpochsSinceBest);
    }

    [Theory]
    [InlineData(Precision.BFloat16, 0, "additive")]
    [InlineData(Precision.BFloat16, 0, "transformer")]
    [InlineData(Precision.Float32, 0.5, "transformer")]
    public void LearnsInEveryWay(Precision precision, double ownWords, string kind)
    {
        torch.random.manual_seed(1);
        using var model = SmallModel.Create(kind, hidden: 64);
        var losses = new List<double>();
        using var trainer = new Trainer(model, Options with { Epochs = 8, LearningRate = 5e-3, Precision = precision, OwnWords = ownWords });
        trainer.EpochTrained += epoch => losses.Add(epoch.ValidationLoss);
        trainer.Train(SmallModel.Reversals(1000, seed: 1), SmallModel.Reversals(100, seed: 2));
        Assert.True(losses[^1] < losses[0] / 2, $"the loss went from {losses[0]} to {losses[^1]}");
        Assert.All(model.parameters(), parameter => Assert.Equal(torch.ScalarType.Float32, parameter.dtype));
    }

    private static T OnThreads<T>(int threads, Func<T> train)
    {
        torch.set_num_threads(threads);
        try
        {
            return train();
        }
        finally
        {
            torch.set_num_threads(1);
        }
    }
}
