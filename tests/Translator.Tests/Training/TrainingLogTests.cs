using Translator.Corpus;
using Translator.Tests.Model;
using Translator.Training;
using Xunit;

namespace Translator.Tests.Training;

/// <summary>Trainings need their own process-wide random numbers, so these run alone.</summary>
[Collection(nameof(TrainerTests))]
public sealed class TrainingLogTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void ItTellsWhatTheTrainerTold()
    {
        var path = folder.File("log");
        var (batches, epochs) = Train(TrainingLog.Create(path));

        var entries = TrainingLog.Read(path);

        var steps = entries.Where(entry => entry.ValidationLoss is null).ToList();
        Assert.Equal(batches.Where(batch => batch.Step % TrainingLog.Interval == 0).Select(batch => (batch.Step, batch.Epoch, batch.Loss)), steps.Select(entry => (entry.Step, entry.Epoch, entry.Loss)));
        Assert.Equal(2, steps.Count);
        Assert.All(steps, entry => Assert.True(entry is { LearningRate: > 0, GradientNorm: > 0 }));
        var ends = entries.Where(entry => entry.ValidationLoss is not null).ToList();
        Assert.Equal(epochs.Select(epoch => (epoch.Step, epoch.Epoch, epoch.TrainingLoss, (double?)epoch.ValidationLoss)), ends.Select(entry => (entry.Step, entry.Epoch, entry.Loss, entry.ValidationLoss)));
        Assert.Equal(entries.OrderBy(entry => entry.Step), entries);
    }

    [Fact]
    public void GoingOnForgetsWhatWillBeMadeAgain()
    {
        var path = folder.File("log");
        Train(TrainingLog.Create(path));
        var whole = File.ReadAllLines(path);
        File.AppendAllText(path, "{\"step\":99,\"epo");

        TrainingLog.Continue(path, step: 12);
        Assert.Equal(whole.Take(2), File.ReadAllLines(path));

        TrainingLog.Continue(path, step: 0);
        Assert.Empty(File.ReadAllText(path));

        TrainingLog.Continue(folder.File("new"), step: 5);
        Assert.Empty(File.ReadAllText(folder.File("new")));
    }

    /// <summary>A power cut may leave anything; what is whole before it stays, to the byte.</summary>
    [Fact]
    public void GoingOnLeavesOutWhatIsDamaged()
    {
        var path = folder.File("log");
        Train(TrainingLog.Create(path));
        var whole = File.ReadAllBytes(path);
        for (var at = 0; at < whole.Length; at++)
            foreach (var bad in (byte[])[0, 0xFF, (byte)'"', (byte)'\n', 0x1F])
            {
                byte[] bytes = [.. whole];
                bytes[at] = bad;
                File.WriteAllBytes(path, bytes);

                TrainingLog.Continue(path, step: long.MaxValue);

                var kept = File.ReadAllBytes(path);
                Assert.True(kept.Length == 0 || kept[^1] == (byte)'\n', $"{bad} at {at}");
                Assert.True(bytes.AsSpan().StartsWith(kept), $"{bad} at {at}");
                Assert.True(kept.Length >= Array.LastIndexOf(whole, (byte)'\n', Math.Max(at - 1, 0)) + 1, $"{bad} at {at}");
            }

        foreach (var text in (byte[][])[new byte[4096], [0x1F, 0x8B, 8, 0], [.. "null\n"u8], [.. "[[[[\n"u8]])
        {
            File.WriteAllBytes(path, [.. whole, .. text]);
            TrainingLog.Continue(path, step: long.MaxValue);
            Assert.Equal(whole, File.ReadAllBytes(path));
            File.WriteAllBytes(path, text);
            TrainingLog.Continue(path, step: long.MaxValue);
            Assert.Empty(File.ReadAllBytes(path));
        }
    }

    [Fact]
    public void ANewOneTakesTheOldOnesPlace()
    {
        var path = folder.Write("log", "something else\nand more\n");
        TrainingLog.Create(path);
        Assert.Empty(File.ReadAllText(path));
    }

    [Fact]
    public void WhatTheDiskDoesNotTakeIsWrittenLater()
    {
        var path = folder.File("log");
        var log = TrainingLog.Create(path);
        File.Delete(path);
        Directory.CreateDirectory(Path.Combine(path, "in the way"));

        Assert.Throws<UnauthorizedAccessException>(() => File.AppendAllText(path, ""));
        var (batches, epochs) = Train(log, onEpoch: epoch =>
        {
            if (epoch == 1) Directory.Delete(path, recursive: true);
        });

        var last = TrainingLog.Read(path);
        Assert.Equal((batches.Count / TrainingLog.Interval) + epochs.Count, last.Count);
    }

    [Theory]
    [InlineData("{\"step\":1}\n{}\n")]
    [InlineData("a\tb\n")]
    [InlineData("null\n")]
    [InlineData("{\"step\":1,\"epoch\":1,\"loss\":1,\"tokensPerSecond\":1,\"seconds\":1,\"more\":1}\n")]
    public void WhatIsNoLogIsNamed(string text)
    {
        var path = folder.Write("log", text);
        var error = Assert.Throws<InputException>(() => TrainingLog.Read(path));
        Assert.StartsWith($"{path}:1: not of the log of a training: ", error.Message);
        Assert.DoesNotContain('\n', error.Message);
    }

    /// <summary>Three epochs of eight steps.</summary>
    private static (List<BatchTrained> Batches, List<EpochTrained> Epochs) Train(TrainingLog log, Action<int>? onEpoch = null)
    {
        using var model = SmallModel.Create();
        using var trainer = new Trainer(model, new TrainingOptions { Epochs = 3, BatchSize = 5 });
        var (batches, epochs) = (new List<BatchTrained>(), new List<EpochTrained>());
        trainer.BatchTrained += batches.Add;
        trainer.EpochTrained += epochs.Add;
        trainer.EpochTrained += epoch => onEpoch?.Invoke(epoch.Epoch);
        log.Listen(trainer);
        trainer.Train(SmallModel.Reversals(40, seed: 1), SmallModel.Reversals(10, seed: 2));
        return (batches, epochs);
    }
}
