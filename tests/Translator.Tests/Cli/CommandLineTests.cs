using Spectre.Console;
using TorchSharp;
using Translator.Cli;
using Translator.Evaluation;
using Translator.Tests.Model;
using Translator.Training;
using Xunit;

namespace Translator.Tests.Cli;

/// <summary>The commands as a user types them. They write to the process's console, so these tests run alone.</summary>
[CollectionDefinition(nameof(CommandLineTests), DisableParallelization = true)]
[Collection(nameof(CommandLineTests))]
public sealed class CommandLineTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("transalte", "transalte")]
    [InlineData("train", "--train-source")]
    [InlineData("demo --attention telepathy", "telepathy")]
    [InlineData("demo --epochs 0", "--epochs")]
    [InlineData("demo --epochs many", "many")]
    [InlineData("demo --minutes -1", "--minutes")]
    [InlineData("demo --threads 0", "--threads")]
    [InlineData("compare --wat", "--wat")]
    [InlineData("demo --pair de-en", "de-en")]
    [InlineData("make-toy --output o --pair en-fr", "en-fr")]
    [InlineData("translate --model m --beam 2 --n-best 3", "--n-best")]
    [InlineData("translate --model m --beam 0", "--beam")]
    [InlineData("validate --source a", "--target")]
    [InlineData("validate --source a --target b --tsv c", "--tsv")]
    [InlineData("validate --tsv c --max-ratio 0.5", "--max-ratio")]
    [InlineData("train --train-tsv c --valid-tsv c --output o --joint --source-tokens subword", "--joint")]
    [InlineData("train --train-tsv c --valid-tsv c --output o --target-tokens syllable", "syllable")]
    [InlineData("train --train-tsv c --valid-tsv c --output o --heads 2", "--heads")]
    [InlineData("train --train-tsv c --valid-tsv c --output o --model transformer --attention additive", "--attention")]
    [InlineData("train --train-tsv c --valid-tsv c --output o --preset rnn --model transformer", "--preset rnn")]
    [InlineData("train --train-tsv c --valid-tsv c --output o --preset huge", "huge")]
    public void BadUsageIsOneLineAndTwo(string arguments, string named)
    {
        var (code, _, error) = Run(arguments.Split(' '));

        Assert.Equal(2, code);
        Assert.Contains(named, error);
        Assert.Single(error.TrimEnd().Split('\n'));
    }

    [Fact]
    public void BadInputIsOneLineAndOneAndLeavesNothing()
    {
        var good = folder.Write("good", "a b\nc d\n");
        var short1 = folder.Write("short", "a b\n");
        var empty = folder.Write("empty", "");
        var broken = folder.Write("broken", [0x61, 0x0A, 0xFF, 0x0A]);
        var missing = folder.File("missing");

        foreach (var (source, target, named) in new[]
        {
            (missing, good, missing), (good, missing, missing), (good, short1, short1), (empty, good, empty), (broken, good, $"{broken}:2"),
        })
        {
            var (code, _, error) = Run([
                "train", "--train-source", source, "--train-target", target, "--valid-source", good, "--valid-target", good,
                "--output", folder.File("out")]);

            Assert.Equal(1, code);
            Assert.Contains(named, error);
            Assert.Single(error.TrimEnd().Split('\n'));
            Assert.False(Directory.Exists(folder.File("out")));
        }
    }

    [Fact]
    public void TrainTranslateEvaluateGoTogether()
    {
        var source = folder.Write("source", string.Concat(Enumerable.Repeat("a b c\nb c a\nc a\n", 20)));
        var target = folder.Write("target", string.Concat(Enumerable.Repeat("x y z\ny z x\nz x\n", 20)));
        var model = folder.File("model");

        var (code, _, error) = Run([
            "train", "--train-source", source, "--train-target", target, "--valid-source", source, "--valid-target", target,
            "--output", model, "--epochs", "15", "--hidden", "32", "--embedding", "16", "--batch-size", "4", "--dropout", "0",
            "--learning-rate", "0.01"]);
        Assert.True(code == 0, error);
        Assert.NotNull(TrainingFolder.Best(model));

        var (scored, output, _) = Run(["evaluate", "--model", model, "--source", source, "--reference", target, "--json"]);
        Assert.Equal(0, scored);
        using var json = System.Text.Json.JsonDocument.Parse(output);
        Assert.Equal(60, json.RootElement.GetProperty("sentences").GetInt32());
        Assert.True(json.RootElement.GetProperty("exactMatch").GetDouble() > 0.9, output);
        var interval = json.RootElement.GetProperty("chrFInterval");
        Assert.InRange(
            json.RootElement.GetProperty("chrF").GetProperty("score").GetDouble(),
            interval.GetProperty("lower").GetDouble(), interval.GetProperty("upper").GetDouble());

        var gold = folder.Write("gold", string.Concat(Enumerable.Repeat("0-0 1-1 2-2\n0-0 1-1 2?2\n0-0 1-1\n", 20)));
        var (aligned, _, rate) = Run(["align", "--model", model, "--source", source, "--target", target, "--gold", gold, "--output", folder.File("links")]);
        Assert.True(aligned == 0, rate);
        Assert.StartsWith("alignment error rate ", rate);
        Assert.Equal(60, PharaohLinks.Read(folder.File("links")).Count);
    }

    [Fact]
    public void AGuidedTransformerLearnsWhereToLook()
    {
        // The second word of the source is the first of the target.
        var table = folder.Write("table.tsv", string.Concat(Enumerable.Repeat("a b c\ty x z\nb c a\tz y x\nc a\tx z\n", 20)));
        var links = folder.Write("links", string.Concat(Enumerable.Repeat("0-1 1-0 2-2\n0-1 1-0 2-2\n0-1 1-0\n", 20)));
        var model = folder.File("model");

        var (code, _, error) = Run([
            "train", "--train-tsv", table, "--valid-tsv", table, "--output", model, "--preset", "small", "--layers", "1", "--embedding", "32",
            "--heads", "2", "--feed-forward", "32", "--dropout", "0", "--epochs", "20", "--batch-size", "4", "--learning-rate", "0.005",
            "--guided-alignment", links, "--alignment-weight", "1"]);
        Assert.True(code == 0, error);

        var (aligned, _, rate) = Run(["align", "--model", model, "--tsv", table, "--gold", links, "--output", folder.File("found")]);
        Assert.Equal(0, aligned);
        Assert.StartsWith("alignment error rate 0.0 %", rate);
        var (scored, output, _) = Run(["evaluate", "--model", model, "--tsv", table, "--samples", "0", "--json"]);
        Assert.Equal(0, scored);
        using var json = System.Text.Json.JsonDocument.Parse(output);
        Assert.Equal(1, json.RootElement.GetProperty("exactMatch").GetDouble());

        (code, _, error) = Run([
            "train", "--train-tsv", table, "--valid-tsv", table, "--output", model, "--attention", "hard", "--guided-alignment", links]);
        Assert.Equal((1, "error: hard attention cannot be guided: it looks at one word at a time\n"), (code, error));
    }

    [Theory]
    [InlineData("--source-tokens subword --target-tokens character --lowercase --nfkc --merges 30")]
    [InlineData("--source-tokens subword --target-tokens subword --joint --merges 50")]
    public void TextIsNormalisedCutAndPutTogetherAgain(string options)
    {
        var table = folder.Write("table.tsv", string.Concat(Enumerable.Repeat("Ab cab.\tXy zx!\tCC\nbc Ca\tyz Zx\nca, ab\tzx; xy\n", 20)));
        var model = folder.File("model");

        var (code, _, error) = Run([
            "train", "--train-tsv", table, "--valid-tsv", table, "--output", model, "--epochs", "20", "--hidden", "32",
            "--embedding", "16", "--batch-size", "4", "--dropout", "0", "--learning-rate", "0.01", .. options.Split(' ')]);
        Assert.True(code == 0, error);
        var input = folder.Write("input", "Ab  cab.\nca, ab\n");

        (code, _, error) = Run(["translate", "--model", model, "--input", input, "--output", folder.File("output")]);

        Assert.True(code == 0, error);
        Assert.Equal(
            options.Contains("--lowercase") ? "xy zx!\nzx; xy\n" : "Xy zx!\nzx; xy\n", File.ReadAllText(folder.File("output")));
    }

    [Fact]
    public void WithoutAModelFrenchIsTranslated()
    {
        var input = folder.Write("input", "le chat noir dort .\nqu' est-ce que vous faites ?\n");

        var (code, _, error) = Run(["translate", "--input", input, "--output", folder.File("output")]);

        Assert.True(code == 0, error);
        Assert.Equal("the black cat sleeps .\nwhat do you make ?\n", File.ReadAllText(folder.File("output")));
    }

    [Fact]
    public void TheBestTranslationsAreRankedByTheirScores()
    {
        // Of other weights two translations may be one text: an unknown word, copied from the source, and that word itself.
        torch.random.manual_seed(1);
        using var small = SmallModel.Create();
        new Checkpoint(small, SmallModel.Codec, SmallModel.Codec).Save(folder.File("model"));
        var input = folder.Write("input", "w1 w2\n\nw3\n");
        string[] arguments = ["translate", "--model", folder.File("model"), "--input", input, "--output", folder.File("output")];

        var (code, _, error) = Run([.. arguments, "--beam", "4", "--n-best", "3"]);
        Assert.True(code == 0, error);
        var lines = File.ReadAllLines(folder.File("output")).Select(line => line.Split('\t')).ToList();

        Assert.Equal(["1", "1", "1", "2", "3", "3", "3"], lines.Select(line => line[0]));
        Assert.Equal("", lines[3][2]);
        var scores = lines.Take(3).Select(line => double.Parse(line[1], System.Globalization.CultureInfo.InvariantCulture)).ToList();
        Assert.Equal(scores.OrderDescending(), scores);
        Assert.Equal(3, lines.Take(3).Select(line => line[2]).Distinct().Count());

        Assert.Equal(0, Run([.. arguments, "--beam", "4"]).Code);
        Assert.Equal([lines[0][2], "", lines[4][2]], File.ReadAllLines(folder.File("output")));
    }

    [Fact]
    public void AlignGivesALineForEveryPairAndCountsTheGoldOnes()
    {
        using var small = SmallModel.Create();
        new Checkpoint(small, SmallModel.Codec, SmallModel.Codec).Save(folder.File("model"));
        var table = folder.Write("table.tsv", "w1 w2\tw3\n\n \tw1\nw2\tw3 w4\n");
        string[] arguments = ["align", "--model", folder.File("model"), "--tsv", table, "--share", "2", "--output", folder.File("links")];

        Assert.Equal(0, Run(arguments).Code);
        var links = File.ReadAllLines(folder.File("links"));
        Assert.Equal(["", ""], links[1..3]);
        Assert.Matches("^([01]-0|0-0 1-0)$", links[0]);
        Assert.Equal("0-0 0-1", links[3]);

        var gold = folder.Write("gold", "0-0\n");
        var (code, _, error) = Run([.. arguments, "--gold", gold]);
        Assert.Equal((1, $"error: {gold}: has links of 1 pairs, but there are 4\n"), (code, error));
    }

    [Fact]
    public void ValidateCountsAndNamesTheFirstBadLines()
    {
        var source = folder.Write("source", [.. "a b\nc\n\nd e f g\n\n"u8, 0xFF, .. "\nh\na b c d e\n"u8]);
        var target = folder.Write("target", "x y\n\n\nz\n\nx\ny\nz\n");

        var (code, output, error) = Run(["validate", "--source", source, "--target", target, "--max-words", "4", "--max-ratio", "3", "--show", "3"]);

        Assert.Equal(1, code);
        Assert.Equal("", error);
        Assert.Equal(
            $"""
            {source} and {target}
                       8 lines
                       2 pairs to train on, 1.5 and 1.5 words long
                       1 not readable: training refuses the files for them
                       2 blank
                       1 blank on one side
                       1 longer than 4 words
                       1 with one side more than 3 times as long as the other
            The first that would not be used:
              line 2: the target is blank, the other side is not
              line 4: the sides differ much, 4 and 1 words
              {source}:6: not valid UTF-8 (byte 0xFF)

            """, output);

        var table = folder.Write("pairs.tsv", "a\tb\tc\n");
        (code, output, _) = Run(["validate", "--tsv", table]);
        Assert.Equal(0, code);
        Assert.Contains("           1 pairs to train on, 1.0 and 1.0 words long", output);
        Assert.DoesNotContain("first", output);
    }

    [Fact]
    public void ADamagedModelIsOneLineAndOne()
    {
        using var small = SmallModel.Create();
        var model = folder.File("model");
        new Checkpoint(small, SmallModel.Codec, SmallModel.Codec).Save(model);
        File.WriteAllBytes(Path.Combine(model, "weights.safetensors"), [1, 2, 3]);
        var input = folder.Write("input", "w1\n");

        var (code, output, error) = Run(["translate", "--model", model, "--input", input]);

        Assert.Equal(1, code);
        Assert.Contains("weights.safetensors", error);
        Assert.Equal("", output);
    }

    [Fact]
    public void EvaluateCountsWhatItLeavesOut()
    {
        using var small = SmallModel.Create();
        new Checkpoint(small, SmallModel.Codec, SmallModel.Codec).Save(folder.File("model"));
        foreach (var (name, text, count) in new[] { ("some.tsv", "w1 w2\tw3\n\n \tw1\nw2\tw3 w4\n", 2), ("none.tsv", "w1 w2\tw3\n", 0) })
        {
            var (code, output, _) = Run(["evaluate", "--model", folder.File("model"), "--tsv", folder.Write(name, text), "--samples", "0"]);
            Assert.Equal(0, code);
            Assert.Equal(count > 0, output.EndsWith($"\nleft out {count} pairs with a blank side\n", StringComparison.Ordinal));
            Assert.Equal(count > 0, output.Contains("left out"));
        }
    }

    [Fact]
    public void MakeToyLeavesOtherFilesAlone()
    {
        var mine = folder.Write("train.en", "years of work\n");

        var (code, output, error) = Run(["make-toy", "--output", folder.Path]);

        Assert.Equal((1, "", $"error: {mine}: is something else already; replace it with --overwrite, or name another folder\n"), (code, output, error));
        Assert.Equal([mine], Directory.GetFiles(folder.Path));
        Assert.Equal("years of work\n", File.ReadAllText(mine));
    }

    [Theory]
    [InlineData("--threads", "1025", "1025 threads do not compute")]
    [InlineData("--learning-rate", "1e400", "Infinity after 100 steps is no learning rate")]
    public void WhatResumeWouldRefuseIsNotBegun(string option, string value, string why)
    {
        var table = folder.Write("table.tsv", "a b\tx y\n");
        var (code, _, error) = Run(["train", "--train-tsv", table, "--valid-tsv", table, "--output", folder.File("out"), option, value]);
        Assert.Equal((1, $"error: {why}\n"), (code, error));
        Assert.False(Directory.Exists(folder.File("out")));
    }

    internal static (int Code, string Output, string Error) Run(string[] arguments) => Capture(() => CommandLine.Run(arguments));

    /// <summary>Runs what writes to the console, and takes what it wrote.</summary>
    internal static (int Code, string Output, string Error) Capture(Func<int> run)
    {
        var (output, error) = (Console.Out, Console.Error);
        using var outputText = new StringWriter();
        using var errorText = new StringWriter();
        try
        {
            Console.SetOut(outputText);
            Console.SetError(errorText);
            // It keeps the console that it saw first.
            AnsiConsole.Console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(outputText) });
            return (run(), outputText.ToString(), errorText.ToString());
        }
        finally
        {
            Console.SetOut(output);
            Console.SetError(error);
        }
    }
}
