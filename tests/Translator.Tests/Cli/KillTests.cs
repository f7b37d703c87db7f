using System.Diagnostics;
using Translator.Corpus;
using Translator.Training;
using Xunit;

namespace Translator.Tests.Cli;

/// <summary>
/// Trainings on the toy corpus in processes that are ended anywhere: what is resumed comes to the very bytes of a training that nobody
/// disturbed. Where a process is hit depends on the machine, what comes of it does not.
/// </summary>
public sealed class KillTests : IDisposable
{
    /// <summary>For each of three trainings.</summary>
    private const int Kills = 7;

    /// <summary>A save makes about 50 changes, and a training saves 22 times.</summary>
    private const int MostChanges = 200;

    /// <summary>What most of the trainings are.</summary>
    private const string Recurrent = "--threads 1 --hidden 32";

    private readonly TemporaryFolder folder = new();
    private readonly string output;

    public KillTests() => output = folder.File("training");

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(Recurrent)]
    [InlineData("--threads 2 --hidden 32")]
    [InlineData("--threads 1 --model transformer --layers 1 --heads 2 --feed-forward 32 --precision BFloat16")]
    public void KillsChangeNothing(string options)
    {
        var expected = Uninterrupted(options);
        var random = new Random(options.Length);
        for (var kills = 0; kills < Kills;)
        {
            var before = TrainingFolder.Newest(output);
            var (code, error) = TranslatorProcess.Interrupt(Next(options), output, random.Next(1, MostChanges), process => process.Kill());
            if (code == 0)
            {
                AssertSame(expected); // it was over before that; another one
                Directory.Delete(output, recursive: true);
                continue;
            }
            Assert.Equal("", error);
            kills++;
            AssertWhole(notBefore: before);
        }
        Finish(options);
        AssertSame(expected);
    }

    [Fact]
    public void CtrlCSavesAndChangesNothing()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "there is no signal to send");
        var expected = Uninterrupted(Recurrent);
        foreach (var changes in (int[])[90, 20, 150])
        {
            var (code, error) = TranslatorProcess.Interrupt(Next(Recurrent), output, changes, process =>
            {
                using var kill = Process.Start("kill", ["-INT", $"{process.Id}"]);
                kill.WaitForExit();
            });
            Assert.Equal((130, ""), (code, error));
            AssertWhole(notBefore: null);
            Checkpoint.Load(output).Model.Dispose(); // also of an epoch that is not over
        }
        Finish(Recurrent);
        AssertSame(expected);
    }

    /// <summary>A file that may grow no further is a full disk to the process.</summary>
    [Fact]
    public void AFullDiskLeavesWhatWasSaved()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "how a limit shows itself is the system's own");
        var expected = Uninterrupted(Recurrent);
        TranslatorProcess.Interrupt(Next(Recurrent), output, changes: 150, process => process.Kill());
        var before = TrainingFolder.Newest(output);

        var (code, error) = TranslatorProcess.Run(Next(Recurrent), limit: 16);

        var lines = error.TrimEnd().Split('\n');
        Assert.Equal(1, code);
        Assert.StartsWith("error: the training cannot be saved: ", lines[^1]);
        Assert.EndsWith(before!, lines[^1]);
        Assert.All(lines[..^1], line => Assert.StartsWith("warning: not saved, will be tried again: ", line));
        Assert.Equal(before, TrainingFolder.Newest(output));
        AssertWhole(notBefore: before);
        Finish(Recurrent);
        AssertSame(expected);
    }

    private Result Uninterrupted(string options)
    {
        var path = folder.File("uninterrupted");
        Assert.Equal((0, ""), TranslatorProcess.Run(Train(path, options)));
        return Result.Of(path);
    }

    private void Finish(string options) => Assert.Equal((0, ""), TranslatorProcess.Run(Next(options)));

    /// <summary>From the newest state, or where there is none from the beginning.</summary>
    private string[] Next(string options) => TrainingFolder.Newest(output) is null ? Train(output, options) : ["resume", output];

    /// <summary>Large enough that torch shares a step's work among threads.</summary>
    private string[] Train(string path, string options) =>
    [
        "train", "--train-source", Part("train.fr", 240), "--train-target", Part("train.en", 240),
        "--valid-source", Part("valid.fr", 10), "--valid-target", Part("valid.en", 10), "--output", path,
        "--epochs", "3", "--batch-size", "24", "--embedding", "16", "--dropout", "0.3", "--save-every", "2", "--keep", "2",
        .. options.Split(' '),
    ];

    private string Part(string name, int lines)
    {
        var part = folder.File(name);
        if (!File.Exists(part)) File.WriteAllLines(part, TextLines.Stream(Path.Combine(AppContext.BaseDirectory, "data", "toy", name)).Take(lines));
        return part;
    }

    /// <summary>Whatever a kill leaves under a name that counts is whole, and no older than what was there.</summary>
    private void AssertWhole(string? notBefore)
    {
        if (TrainingFolder.Newest(output) is { } newest) TrainingState.Read(newest).Checkpoint.Model.Dispose();
        if (TrainingFolder.Best(output) is { } best) Checkpoint.Load(best).Model.Dispose();
        Assert.True(string.CompareOrdinal(TrainingFolder.Newest(output), notBefore) >= 0);
    }

    private void AssertSame(Result expected)
    {
        var result = Result.Of(output);
        Assert.Equal(expected.Names, result.Names);
        Assert.Equal(expected.Progress, result.Progress);
        Assert.Equal(expected.Weights, result.Weights);
        Assert.Equal(expected.Optimizer, result.Optimizer);
        Assert.Equal(expected.Best, result.Best);
    }

    /// <summary>All that a training leaves, but for the time that it took.</summary>
    private sealed record Result(string[] Names, string Progress, byte[] Weights, byte[] Optimizer, byte[] Best)
    {
        internal static Result Of(string path)
        {
            var newest = TrainingFolder.Newest(path)!;
            return new Result(
                [.. Directory.GetDirectories(path).Select(name => Path.GetFileName(name)).Order()],
                System.Text.Json.JsonSerializer.Serialize(TrainingRecord.Read(newest).Progress with { Elapsed = default }),
                File.ReadAllBytes(Path.Combine(newest, "weights.safetensors")),
                File.ReadAllBytes(Path.Combine(newest, "optimizer.safetensors")),
                File.ReadAllBytes(Path.Combine(TrainingFolder.Best(path)!, "weights.safetensors")));
        }
    }
}
