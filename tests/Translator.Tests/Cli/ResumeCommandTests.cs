using System.Text.RegularExpressions;
using TorchSharp;
using Translator.Cli;
using Translator.Corpus;
using Translator.Model;
using Translator.Tests.Training;
using Translator.Training;
using Xunit;

namespace Translator.Tests.Cli;

/// <summary>What a user can do with the folder of a training.</summary>
[Collection(nameof(CommandLineTests))]
public sealed class ResumeCommandTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly string table;
    private readonly string training;

    public ResumeCommandTests()
    {
        table = folder.Write("table.tsv", string.Concat(Enumerable.Repeat("a b c\tx y z\nb c a\ty z x\nc a\tz x\n", 4)));
        training = folder.File("training");
        var (code, _, error) = CommandLineTests.Run(Train());
        Assert.True(code == 0, error);
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void OtherSentencesAreRefused()
    {
        Assert.Equal(0, CommandLineTests.Run(["resume", training]).Code);
        File.WriteAllText(table, File.ReadAllText(table).Replace("z x\n", "z y\n"));

        var (code, _, error) = CommandLineTests.Run(["resume", training]);

        Assert.Equal(1, code);
        Assert.Contains("began with other sentences", error);
        Assert.Contains(table, error);
        File.Delete(table);
        (code, _, error) = CommandLineTests.Run(["resume", training]);
        Assert.Equal((1, $"error: {table}: no such file\n"), (code, error));
    }

    [Fact]
    public void ATrainingIsReplacedOnlyIfAsked()
    {
        var (code, _, error) = CommandLineTests.Run(Train());
        Assert.Equal(1, code);
        Assert.Contains("--overwrite", error);
        Assert.Equal(0, CommandLineTests.Run([.. Train(), "--overwrite"]).Code);
    }

    /// <summary>What is only known when all text has been read and cut.</summary>
    [Fact]
    public void ARefusedTrainingDoesNotReplaceOne()
    {
        var newest = TrainingFolder.Newest(training);
        var longWords = folder.Write("long.tsv", $"a b\tx y\n{string.Join(' ', Enumerable.Repeat(new string('c', 50), 30))}\tx\n");

        var (code, _, error) = CommandLineTests.Run(
            ["train", "--train-tsv", table, "--valid-tsv", longWords, "--source-tokens", "Subword", "--output", training, "--overwrite"]);

        Assert.Equal(1, code);
        Assert.Contains("tokens; a validation pair may have", error);
        Assert.Equal(newest, TrainingFolder.Newest(training));
        Assert.Equal(0, CommandLineTests.Run(["resume", training]).Code);
    }

    [Fact]
    public void InfoTellsWhatThereIs()
    {
        var (code, output, _) = CommandLineTests.Run(["info", training]);
        Assert.Equal(0, code);
        foreach (var told in (string[])["GRUs of size 8", "3 steps", "1 epochs", table, "step-0000003-epoch-001", "best-0000003", "weights.safetensors"])
            Assert.Contains(told, output);

        (code, output, _) = CommandLineTests.Run(["info", TrainingFolder.Best(training)!]);
        Assert.Equal(0, code);
        Assert.DoesNotContain("steps", output);

        (code, _, var error) = CommandLineTests.Run(["info", folder.Path]);
        Assert.Equal((1, $"error: {folder.Path}: is not a model: it has no SHA256SUMS\n"), (code, error));
    }

    [Fact]
    public void InfoCountsTheHoursOfDays()
    {
        Forge("elapsed", "1.02:03:04");
        Assert.Contains("; in epoch 2", CommandLineTests.Run(["info", training]).Output);
        Assert.Contains(", 26:03:04; in epoch", CommandLineTests.Run(["info", training]).Output);
    }

    /// <summary>The checksums are right, so that what reads the file must not trust it.</summary>
    [Theory]
    [InlineData("source", "")]
    [InlineData("source", "a\\u0000b")]
    [InlineData("elapsed", "10675199.02:48:05.4775807")]
    [InlineData("elapsed", "-00:00:01")]
    public void WhatNoTrainingHasIsRefused(string field, string value)
    {
        Forge(field, value);
        foreach (var command in (string[])["resume", "info"])
        {
            var (code, _, error) = CommandLineTests.Run([command, training]);
            Assert.Equal(1, code);
            Assert.Matches("^error: [^\n]*training.json: [^\n]*\n$", error);
        }
    }

    /// <summary>It has nothing left to do, and no line to draw.</summary>
    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("\0\0\0\0")]
    [InlineData("no log\n")]
    public void AFinishedTrainingNeedsNoLog(string? text)
    {
        var log = Path.Combine(training, TrainingLog.Name);
        if (text is null) File.Delete(log);
        else File.WriteAllText(log, text);

        var (code, output, error) = CommandLineTests.Run(["resume", training]);

        Assert.Equal((0, ""), (code, error));
        Assert.Contains("the best model is in", output);
    }

    /// <summary>Where the rate does not depend on the end, one epoch and one more are the same as two.</summary>
    [Fact]
    public void AFinishedTrainingGoesFurtherWithANewLimit()
    {
        var (whole, parts) = (folder.File("whole"), folder.File("parts"));
        string[] Constant(string output, string epochs) => [.. Train(output, epochs), "--schedule", "Constant"];
        Assert.Equal(0, CommandLineTests.Run(Constant(whole, "2")).Code);
        Assert.Equal(0, CommandLineTests.Run(Constant(parts, "1")).Code);

        var (code, output, error) = CommandLineTests.Run(["resume", parts]);
        Assert.Equal((0, ""), (code, error));
        Assert.Contains("is at its end", output);
        (code, output, error) = CommandLineTests.Run(["resume", parts, "--epochs", "2", "--keep", "1"]);
        Assert.Equal((0, ""), (code, error));
        Assert.DoesNotContain("is at its end", output);
        Assert.Equal((3, 1), (TrainingFolder.States(whole).Count, TrainingFolder.States(parts).Count));

        static byte[] Weights(string training) => File.ReadAllBytes(Path.Combine(TrainingFolder.Newest(training)!, "weights.safetensors"));
        Assert.Equal(Weights(whole), Weights(parts));
        Assert.Contains("is at its end", CommandLineTests.Run(["resume", parts]).Output); // it keeps the new limit
        Assert.Equal(2, CommandLineTests.Run(["resume", parts, "--epochs", "0"]).Code);
    }

    [Fact]
    public void StoppedBeforeItsFirstStepItSaysHowToGoOn()
    {
        var (other, data) = (folder.File("other"), new PairPaths(table, null));
        var lesson = new Lesson(
            new TrainingData(data, data), Preset.Toy.Text, (RecurrentOptions)Preset.Toy.Model with { EmbeddingDim = 8, HiddenDim = 8 },
            Preset.Toy.Training with { Epochs = 1 }, new Saving(), new Computing(1, Float32MatmulPrecision.highest));

        var (_, output, error) = CommandLineTests.Capture(() =>
        {
            Assert.Throws<OperationCanceledException>(() => lesson.Train(other, overwrite: false, new CancellationToken(canceled: true)));
            return 0;
        });

        Assert.Equal("", error);
        Assert.EndsWith($"there is no model yet; the training was stopped; 'resume {other}' goes on with it\n", output);
        Assert.Equal(0, CommandLineTests.Run(["resume", other]).Code);
        Assert.NotNull(TrainingFolder.Best(other));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-5")]
    [InlineData("0m")]
    [InlineData("m")]
    [InlineData("5s")]
    [InlineData("NaNm")]
    public void HowOftenToSaveIsANumber(string every)
    {
        var (code, _, error) = CommandLineTests.Run([.. Train(), "--save-every", every]);
        Assert.Equal(2, code);
        Assert.Contains("--save-every", error);
    }

    /// <summary>Gives a field of training.json, wherever it stands, another text.</summary>
    private void Forge(string field, string value)
    {
        var newest = TrainingFolder.Newest(training)!;
        var path = Path.Combine(newest, "training.json");
        var (whole, form) = (File.ReadAllText(path), new Regex($"\"{field}\": \"[^\"]*\""));
        Assert.Matches(form, whole);
        File.WriteAllText(path, form.Replace(whole, $"\"{field}\": \"{value}\""));
        Sums.Renew(newest);
    }

    private string[] Train() => Train(training, "1");

    private string[] Train(string output, string epochs) =>
    [
        "train", "--train-tsv", table, "--valid-tsv", table, "--output", output, "--epochs", epochs, "--batch-size", "4",
        "--embedding", "8", "--hidden", "8", "--min-count", "1",
    ];
}
