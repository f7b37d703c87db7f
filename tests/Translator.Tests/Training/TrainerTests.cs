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
}
