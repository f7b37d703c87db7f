using Translator.Training;
using Xunit;

namespace Translator.Tests.Cli;

[Collection(nameof(CommandLineTests))]
public sealed class ConfigFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void WhatTheFileSaysIsDoneAndTheCommandLineWins()
    {
        var table = folder.Write("table.tsv", "a b\tx y x y\nb a\ty x y x\n");
        var config = folder.Write("config.json", $$"""
            { "train-tsv": "{{table}}", "valid-tsv": "{{table}}", "steps": 7, "epochs": 1000, "learning-rate": 0.01, "lowercase": true,
              "preset": "toy", "hidden": 32, "embedding": 16, "batch-size": 1, "schedule": "constant", "min-count": 1 }
            """);

        var (code, output, error) = CommandLineTests.Run(["train", "--config", config, "--steps", "3", "--output", folder.File("model")]);

        Assert.True(code == 0, error);
        Assert.Contains("epoch 2: ", output); // three steps of one pair are an epoch and a half
        Assert.DoesNotContain("epoch 3: ", output);
        Assert.Contains("BLEU", output);
        Assert.Contains("→", output); // a validation pair and what became of it
        using var model = Checkpoint.Load(folder.File("model")).Model;
        Assert.Equal(16, model.Options.EmbeddingDim);
    }

    [Theory]
    [InlineData("""{ "epochs": 0 }""", "'epochs'")]
    [InlineData("""{ "epochs": "many" }""", "'epochs'")]
    [InlineData("""{ "epochs": [3] }""", "'epochs'")]
    [InlineData("""{ "epochs": null }""", "'epochs'")]
    [InlineData("""{ "epoch": 3 }""", "'epoch'")]
    [InlineData("""{ "config": "other.json" }""", "'config'")]
    [InlineData("""{ "schedule": "upwards" }""", "'schedule'")]
    [InlineData("""{ "epochs": 3, "epochs": 4 }""", "epochs")]
    [InlineData("[]", "JSON object")]
    [InlineData("{ \n epochs", ":2: ")]
    [InlineData("", "not JSON")]
    public void AMistakeIsOneLineThatNamesFileAndKey(string content, string named)
    {
        var config = folder.Write("config.json", content);

        var (code, _, error) = CommandLineTests.Run(["train", "--config", config, "--train-tsv", "t", "--valid-tsv", "t", "--output", folder.File("model")]);

        Assert.Equal(1, code);
        Assert.StartsWith($"error: {config}", error);
        Assert.Contains(named, error);
        Assert.Single(error.TrimEnd().Split('\n'));
    }

    [Fact]
    public void EveryCommandTakesOne()
    {
        var config = folder.Write("config.json", $$"""{ "source": "{{folder.Write("a.txt", "la lune\n")}}", "target": "{{folder.Write("b.txt", "the moon\n")}}" }""");
        var (code, output, error) = CommandLineTests.Run(["validate", "--config", config]);
        Assert.True(code == 0, error);
        Assert.Contains("1 pair", output);

        var wrong = folder.Write("wrong.json", """{ "moon": 1 }""");
        foreach (var command in (string[])["demo", "resume x", "info x", "translate", "evaluate", "align", "compare", "average x", "make-toy", "plot x"])
            Assert.Contains("no option 'moon'", CommandLineTests.Run([.. command.Split(' '), "--config", wrong]).Error);
    }

    [Fact]
    public void AMissingFileIsNamed()
    {
        var (code, _, error) = CommandLineTests.Run(["train", "--config", folder.File("none.json")]);
        Assert.Equal(1, code);
        Assert.Contains("none.json", error);
    }
}
