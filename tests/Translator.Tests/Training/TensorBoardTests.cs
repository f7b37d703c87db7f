using System.Buffers.Binary;
using Tensorboard;
using Translator.Tests.Model;
using Translator.Training;
using Xunit;

namespace Translator.Tests.Training;

/// <summary>Trainings need their own process-wide random numbers, so these run alone.</summary>
[Collection(nameof(TrainerTests))]
public sealed class TensorBoardTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void ItWritesWhatTheTrainerTold()
    {
        using var model = SmallModel.Create();
        using var trainer = new Trainer(model, new TrainingOptions { Epochs = 2, BatchSize = 2 })
        {
            Translate = _ => new ValidationTranslations(12.5, []),
        };
        var epochs = new List<EpochTrained>();
        trainer.EpochTrained += epochs.Add;
        var directory = Path.Combine(folder.Path, "runs", "first");
        new TensorBoard(directory).Listen(trainer);

        trainer.Train(SmallModel.Reversals(20, seed: 1), SmallModel.Reversals(10, seed: 2));

        var file = Assert.Single(Directory.GetFiles(directory));
        Assert.Contains("tfevents", Path.GetFileName(file));
        var events = Records(File.ReadAllBytes(file)).Select(Event.Parser.ParseFrom).ToList();
        Assert.Equal("brain.Event:2", events[0].FileVersion);
        var values = events.Skip(1).SelectMany(each => each.Summary.Value.Select(value => (value.Tag, each.Step, value.SimpleValue))).ToList();
        Assert.Equal(epochs.Select(epoch => ("loss/validation", epoch.Step, (float)epoch.ValidationLoss)), values.Where(value => value.Tag == "loss/validation"));
        Assert.Equal([("validation/BLEU", 10, 12.5f), ("validation/BLEU", 20, 12.5f)], values.Where(value => value.Tag == "validation/BLEU"));
        foreach (var tag in new[] { "loss/training", "training/learning rate", "training/gradient norm", "training/tokens per second" })
            Assert.Equal([10, 20], values.Where(value => value.Tag == tag).Select(value => value.Step));
    }

    /// <summary>The records of a TFRecord file: length, its checksum, data, its checksum, each little-endian.</summary>
    private static IEnumerable<byte[]> Records(byte[] file)
    {
        for (var at = 0; at < file.Length;)
        {
            var length = (int)BinaryPrimitives.ReadInt64LittleEndian(file.AsSpan(at));
            Assert.Equal(Masked(file.AsSpan(at, 8)), BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at + 8)));
            Assert.Equal(Masked(file.AsSpan(at + 12, length)), BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at + 12 + length)));
            yield return file[(at + 12)..(at + 12 + length)];
            at += 16 + length;
        }
    }

    /// <summary>CRC-32C (Castagnoli), turned and shifted as TensorFlow does to checksums that are stored.</summary>
    private static uint Masked(ReadOnlySpan<byte> data)
    {
        var crc = uint.MaxValue;
        foreach (var value in data)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ ((crc & 1) == 1 ? 0x82F63B78 : 0);
        }
        crc = ~crc;
        return unchecked(((crc >> 15) | (crc << 17)) + 0xA282EAD8);
    }
}
