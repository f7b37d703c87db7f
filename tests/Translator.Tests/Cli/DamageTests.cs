using TorchAttention.Benchmarks.Measuring;
using TorchSharp;
using Translator.Corpus;
using Translator.Tests.Model;
using Translator.Tests.Training;
using Translator.Training;
using Xunit;

namespace Translator.Tests.Cli;

/// <summary>
/// Five hundred damaged checkpoints: each is one clear line and exit code 1, whichever command reads it, and takes little
/// memory, whatever lengths it tells of.
/// </summary>
[Collection(nameof(CommandLineTests))]
public sealed class DamageTests : IDisposable
{
    /// <summary>Bytes that a command asks of .NET; the files have a hundred thousand.</summary>
    private const double MostAllocated = 8e6;

    /// <summary>
    /// Bytes that all commands of a test leave in memory at the most: garbage too, of which the collector lets as much lie about as the
    /// processor's caches hold, some 36 MB on a large one, before it looks at it.
    /// </summary>
    private const double MostResident = 2.5e8;

    private readonly TemporaryFolder folder = new();
    private readonly string training;
    private readonly string input;

    public DamageTests()
    {
        (training, input) = (folder.File("training"), folder.Write("input", "w1 w2\n"));
        var data = new PairPaths(input, input);
        var record = new TrainingRecord(
            new TrainingOptions { Epochs = 1 }, new TrainingData(data, data), DataSum: "", new Saving(), new Computing(1, Float32MatmulPrecision.highest),
            new TrainingProgress());
        using var model = SmallModel.Create();
        using var trainer = new Trainer(model, record.Options);
        var checkpoint = new Checkpoint(model, SmallModel.Codec, SmallModel.Codec);
        using var states = TrainingFolder.Create(training, overwrite: false);
        new TrainingSaver(states, checkpoint, record, trainer).Begin();
        states.SaveBest(0, checkpoint.Write);
    }

    public void Dispose() => folder.Dispose();

    /// <summary>The checksums find whatever it is, and the line names the file.</summary>
    [Fact]
    public void ThreeHundredThatTheChecksumsFind() => InBounds(() =>
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var (command, checkpoint) = Choose(random);
            var path = Pick(Directory.GetFiles(checkpoint), random);
            var whole = File.ReadAllBytes(path);
            var damage = Spoil(path, whole, random);
            AssertRefused(command, Path.GetFileName(path), $"{seed}: {damage}");
            Restore(path, whole);
        }
        AssertAccepted();
    });

    /// <summary>With checksums that fit, as if somebody had meant it: what reads the files must not trust them.</summary>
    [Fact]
    public void TwoHundredThatTheChecksumsDoNotFind() => InBounds(() =>
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var (command, checkpoint) = Choose(random);
            var path = Pick([.. Directory.GetFiles(checkpoint).Where(file => Path.GetFileName(file) != Sums.Name)], random);
            var whole = File.ReadAllBytes(path);
            var damage = Path.GetExtension(path) switch
            {
                ".safetensors" => Forge.Tensors(path, whole, random),
                ".vocab" => Forge.Vocabulary(path, whole, random),
                _ => Forge.Json(path, whole, random),
            };
            Sums.Renew(checkpoint);
            AssertRefused(command, "", $"{seed}: {damage}");
            Restore(path, whole);
            Sums.Renew(checkpoint);
        }
        AssertAccepted();
    });

    /// <summary>What the process has in memory at most, of libtorch's too; what is asked for and never touched does not count.</summary>
    private static void InBounds(Action action)
    {
        var resident = PeakMemory.Of(action);
        Assert.True(resident is null or < MostResident, $"{resident:N0} bytes");
    }

    private (string[] Command, string Checkpoint) Choose(Random random) => random.Next(2) == 0
        ? (["translate", "--model", training, "--input", input, "--output", folder.File("output")], TrainingFolder.Best(training)!)
        : (["resume", training], TrainingFolder.Newest(training)!);

    private static string Spoil(string path, byte[] whole, Random random)
    {
        var at = random.Next(whole.Length - 1); // a last line end says nothing
        switch (random.Next(8))
        {
            case 0:
                File.Delete(path);
                return $"{path} is missing";
            case 1:
                File.Delete(path);
                Directory.CreateDirectory(path);
                return $"{path} is a folder";
            case 2:
                File.WriteAllBytes(path, []);
                return $"{path} is empty";
            case 3:
                File.WriteAllBytes(path, whole[..at]);
                return $"{path} is cut at {at}";
            case 4:
                File.WriteAllBytes(path, [.. whole, .. whole[..(at + 1)]]);
                return $"{path} has {at + 1} bytes more";
            case 5:
                File.WriteAllBytes(path, [.. whole[..at], .. new byte[1 << 16], .. whole[at..]]);
                return $"{path} has a hole at {at}";
            default:
                byte[] flipped = [.. whole];
                flipped[at] ^= (byte)(1 << random.Next(8));
                File.WriteAllBytes(path, flipped);
                return $"{path} has a bit of byte {at} flipped";
        }
    }

    private static void Restore(string path, byte[] whole)
    {
        if (Directory.Exists(path)) Directory.Delete(path);
        File.WriteAllBytes(path, whole);
    }

    private static string Pick(string[] files, Random random) => files.Order(StringComparer.Ordinal).ElementAt(random.Next(files.Length));

    private static void AssertRefused(string[] command, string name, string damage)
    {
        var before = GC.GetTotalAllocatedBytes(precise: true);
        var (code, output, error) = CommandLineTests.Run(command);
        var allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
        Assert.True(allocated < MostAllocated, $"{damage}: {allocated:N0} bytes");
        Assert.True(code == 1 && output == "", $"{damage}: {command[0]} gave {code} and {output}{error}");
        Assert.Matches("^error: [^\n]*\n$", error);
        Assert.True(error.Contains(name) && !error.Contains("Exception") && error.Length < 1000, $"{damage}: {error}");
    }

    /// <summary>All is as it was, so that what was refused was refused for its damage.</summary>
    private void AssertAccepted()
    {
        Assert.Equal(0, CommandLineTests.Run(["info", training]).Code);
        Checkpoint.Load(training).Model.Dispose();
        TrainingState.Read(TrainingFolder.Newest(training)!).Checkpoint.Model.Dispose();
    }
}
