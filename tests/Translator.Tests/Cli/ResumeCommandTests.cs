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

    private string[] Train() =>
    [
        "train", "--train-tsv", table, "--valid-tsv", table, "--output", training, "--epochs", "1", "--batch-size", "4",
        "--embedding", "8", "--hidden", "8", "--min-count", "1",
    ];
}
