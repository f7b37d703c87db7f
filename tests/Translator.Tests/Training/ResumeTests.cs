using System.Text.Json;
using TorchSharp;
using Translator.Batching;
using Translator.Model;
using Translator.Tests.Model;
using Translator.Training;
using Xunit;
using static TorchSharp.torch;

namespace Translator.Tests.Training;

/// <summary>A training that is stopped anywhere and gone on with by another trainer makes the same weights, bit for bit.</summary>
[Collection(nameof(TrainerTests))]
public class ResumeTests
{
    private static readonly TrainingOptions Options = new()
    {
        Epochs = 3,
        BatchTokens = 60,
        Accumulation = 2,
        LearningRate = 1e-2,
        LabelSmoothing = 0.1,
        WarmUp = 5,
        WeightDecay = 0.01,
        Seed = 3,
    };

    private static readonly List<EncodedPair> Pairs = SmallModel.Reversals(90, seed: 1);
    private static readonly List<EncodedPair> Validation = SmallModel.Reversals(10, seed: 2);

    /// <summary>The last step of the training; an epoch has four.</summary>
    private const int Last = 12;

    public static TheoryData<string, Precision, int> Cases => new()
    {
        // In the first epoch, at its end, in a later one, and after the last step but before it was judged.
        { "additive", Precision.Float32, 2 },
        { "additive", Precision.Float32, 4 },
        { "additive", Precision.Float32, 7 },
        { "additive", Precision.Float32, Last },
        { "transformer", Precision.Float32, 7 },
        { "additive", Precision.BFloat16, 7 },
        { "transformer", Precision.BFloat16, 7 },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void AfterAnyStep(string kind, Precision precision, int step)
    {
        var options = Options with { Precision = precision };
        var (expected, whole) = Uninterrupted(kind, options);
        Assert.Equal(Last, whole.Step); // else the cases are not what they are said to be

        var (weights, progress) = Interrupted(kind, options, (trainer, stop) => trainer.BatchTrained += batch =>
        {
            if (batch.Step == step) stop();
        });
        Assert.Equal(expected, weights);
        AssertSame(whole, progress);
    }

    [Fact]
    public void AfterAnEpoch()
    {
        var (expected, whole) = Uninterrupted("additive", Options);
        var (weights, progress) = Interrupted("additive", Options, (trainer, stop) => trainer.EpochTrained += epoch =>
        {
            if (epoch.Epoch == 2) stop();
        });
        Assert.Equal(expected, weights);
        AssertSame(whole, progress);
    }

    [Fact]
    public void AFinishedTrainingHasNothingLeftToDo()
    {
        using var model = Model("additive");
        using var trainer = new Trainer(model, Options);
        trainer.Train(Pairs, Validation);
        var events = 0;
        trainer.BatchTrained += _ => events++;
        trainer.EpochTrained += _ => events++;
        trainer.Train(Pairs, Validation);
        Assert.Equal(0, events);
    }

    private static (float[] Weights, TrainingProgress Progress) Uninterrupted(string kind, TrainingOptions options)
    {
        using var model = Model(kind);
        using var trainer = new Trainer(model, options);
        trainer.Train(Pairs, Validation);
        return (Weights(model), trainer.Progress);
    }

    /// <summary>What was saved when it was asked to stop is taken through text and into another model, as through files.</summary>
    private static (float[] Weights, TrainingProgress Progress) Interrupted(string kind, TrainingOptions options, Action<Trainer, Action> listen)
    {
        using var scope = NewDisposeScope();
        using var first = Model(kind);
        using var second = Model(kind);
        using var stop = new CancellationTokenSource();
        using var interrupted = new Trainer(first, options);
        var (progress, weights, state) = ("", first.state_dict(), new Dictionary<string, Tensor>());
        listen(interrupted, () =>
        {
            progress = JsonSerializer.Serialize(interrupted.Progress);
            state = interrupted.State.ToDictionary(item => item.Key, item => item.Value.clone());
            weights = first.state_dict().ToDictionary(item => item.Key, item => item.Value.clone());
            stop.Cancel();
        });
        interrupted.Train(Pairs, Validation, stop.Token);

        second.load_state_dict(weights);
        random.manual_seed(77);
        using var resumed = new Trainer(second, options);
        resumed.Resume(JsonSerializer.Deserialize<TrainingProgress>(progress)!, state);
        resumed.Train(Pairs, Validation);
        return (Weights(second), resumed.Progress);
    }

    private static TranslationModel Model(string kind)
    {
        random.manual_seed(5);
        return SmallModel.Create(kind, dropout: 0.2);
    }

    private static float[] Weights(TranslationModel model) => [.. model.parameters().SelectMany(parameter => parameter.data<float>().ToArray())];

    private static void AssertSame(TrainingProgress expected, TrainingProgress actual)
    {
        Assert.Equal(expected with { Elapsed = default }, actual with { Elapsed = default });
    }
}
