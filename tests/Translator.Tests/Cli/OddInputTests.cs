using System.Text;
using TorchSharp;
using Translator.Tests.Model;
using Translator.Training;
using Xunit;
using static Translator.Tests.Cli.CommandLineTests;

namespace Translator.Tests.Cli;

/// <summary>Input that no sentence is: each is named, and nothing beside it is lost.</summary>
[Collection(nameof(CommandLineTests))]
public sealed class OddInputTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public OddInputTests()
    {
        torch.random.manual_seed(1);
        using var small = SmallModel.Create();
        new Checkpoint(small, SmallModel.Codec, SmallModel.Codec).Save(folder.File("model"));
    }

    public void Dispose() => folder.Dispose();

    /// <summary>By name: a case is written down when tests are looked for, and one of ten million bytes would take gigabytes.</summary>
    private static readonly Dictionary<string, (Func<byte[]> Bytes, string Why)> Bad = new()
    {
        ["many tokens"] = (() => Words(5000), "5,000 tokens; a sentence may have 1,000 (--max-tokens)"),
        ["many bytes"] = (() => Encoding.UTF8.GetBytes(new string('w', 10_000_000)), "a line of more than 1,048,576 bytes"),
        ["no UTF-8"] = (() => [.. "w1 "u8, 0xFF], "not valid UTF-8 (byte 0xFF)"),
        ["half a surrogate pair"] = (() => [.. "w1 "u8, 0xED, 0xA0, 0x80], "not valid UTF-8 (byte 0xED)"),
        ["a zero byte"] = (() => [.. "w1"u8, 0x00, .. "w2"u8], "a zero byte: this is not a text file"),
    };

    public static TheoryData<string> BadLines => [.. Bad.Keys];

    [Theory]
    [MemberData(nameof(BadLines))]
    public void ABadLineIsNamedAndTheOthersAreTranslatedInTheirPlaces(string name)
    {
        var (bad, why) = (Bad[name].Bytes(), Bad[name].Why);
        var input = folder.Write("input", [.. "w1\n\n"u8, .. bad, .. "\nw3 w4\n"u8]);

        var (code, text, error) = Translate(input);

        Assert.Equal(1, code);
        Assert.Equal($"error: {input}:3: {why}\nerror: {input}: 1 of 4 lines could not be translated; their translations are blank\n", error);
        Assert.Equal(Translate(folder.Write("clean", "w1\n\n\nw3 w4\n")).Text, text);
        Assert.NotEqual("", text.Trim());
    }

    [Fact]
    public void OfManyBadLinesTheFirstAreNamedAndAllAreCounted()
    {
        var input = folder.Write("input", [.. Enumerable.Repeat((byte[])[0xFF, (byte)'\n'], 25).SelectMany(line => line)]);

        var (code, text, error) = Translate(input);

        Assert.Equal((1, new string('\n', 25)), (code, text));
        var errors = error.TrimEnd().Split('\n');
        Assert.Equal(11, errors.Length);
        Assert.Equal($"error: {input}:10: not valid UTF-8 (byte 0xFF)", errors[9]);
        Assert.Equal($"error: {input}: 25 of 25 lines could not be translated; their translations are blank", errors[10]);
    }

    [Theory]
    [InlineData("w1 w2\r\nw3\r\n")]
    [InlineData("\uFEFFw1 w2\nw3\n")]
    [InlineData(" w1\tw2 \nw3\u3000\n")]
    [InlineData("w1 w2\nw3")]
    public void EndsOfLinesMarksAndSpacesDoNotMatter(string text) =>
        Assert.Equal(Translate(folder.Write("clean", "w1 w2\nw3\n")), Translate(folder.Write("input", text)));

    [Fact]
    public void BlankLinesStayBlank() => Assert.Equal((0, "\n\n\n", ""), Translate(folder.Write("input", "\n \t\n\u3000\n")));

    [Fact]
    public void ALongLineIsTranslatedWhereItIsAllowed()
    {
        var input = folder.Write("input", [.. Words(1200), .. "\nw3\n"u8]);

        var (code, text, error) = Translate(input, "--max-tokens", "1200");

        Assert.Equal((0, "", 2), (code, error, text.Count(character => character == '\n')));
    }

    [Fact]
    public void WhatIsNoFileIsNamed()
    {
        var empty = folder.Write("empty", "");
        foreach (var (input, what) in new[] { (folder.Path, "a folder, not a file"), (empty, "the file is empty"), (folder.File("none"), "no such file") })
        {
            var (code, _, error) = Translate(input);
            Assert.Equal((1, $"error: {input}: {what}\n"), (code, error));
        }
        var good = folder.Write("good", "w1\n");
        Assert.Equal((1, "", $"error: {folder.Path}: a folder, not a file\n"), Run(["translate", "--model", folder.File("model"), "--input", good, "--output", folder.Path]));
    }

    [Fact]
    public void WhatIsReadIsNotWrittenOver()
    {
        var input = folder.Write("input", "w1\n");
        var link = folder.File("link");
        File.CreateSymbolicLink(link, input);

        foreach (var output in new[] { input, Path.Combine(folder.Path, ".", "input"), link })
        {
            var (code, _, error) = Run(["translate", "--model", folder.File("model"), "--input", input, "--output", output]);
            Assert.Equal((1, $"error: {output}: is read from; name another file to write to\n"), (code, error));
        }
        Assert.Equal("w1\n", File.ReadAllText(input));

        var target = folder.Write("target", "w1\n");
        foreach (var output in new[] { input, target })
        {
            var (code, _, error) = Run(["align", "--model", folder.File("model"), "--source", input, "--target", target, "--output", output]);
            Assert.Equal((1, $"error: {output}: is read from; name another file to write to\n"), (code, error));
            Assert.Equal("w1\n", File.ReadAllText(output));
        }
    }

    [Fact]
    public void WhatCannotBeReadLeavesTheOutputAsItWas()
    {
        var (good, empty, missing) = (folder.Write("good", "years of work\n"), folder.Write("empty", ""), folder.File("missing"));
        foreach (var (input, what) in new[] { (missing, "no such file"), (empty, "the file is empty") })
            foreach (var command in (string[][])[["translate", "--input", input], ["align", "--source", input, "--target", good], ["align", "--tsv", input]])
            {
                var (code, _, error) = Run([.. command, "--model", folder.File("model"), "--output", good]);
                Assert.Equal((1, $"error: {input}: {what}\n"), (code, error));
                Assert.Equal("years of work\n", File.ReadAllText(good));
            }
    }

    [Fact]
    public void AnEmptyNameIsOneLineAndOne()
    {
        var (model, good) = (folder.File("model"), folder.Write("good.tsv", "w1\tw1\n"));
        string[][] commands =
        [
            ["translate", "--model", model, "--input", ""], ["translate", "--model", model, "--input", good, "--output", ""],
            ["align", "--model", model, "--tsv", good, "--output", ""], ["align", "--model", model, "--tsv", good, "--gold", ""],
            ["evaluate", "--model", model, "--tsv", ""], ["validate", "--tsv", ""], ["average", model, "--output", ""], ["make-toy", "--output", ""],
            ["train", "--train-tsv", "", "--valid-tsv", good, "--output", folder.File("out")], ["train", "--train-tsv", good, "--valid-tsv", good, "--output", ""],
            ["plot", ""], ["translate", "--model", model, "--config", ""],
        ];
        foreach (var command in commands)
        {
            var (code, _, error) = Run(command);
            Assert.Equal((1, "error: the name of a file or folder is empty\n"), (code, error));
        }
        var config = folder.Write("config.json", """{"input": "a\u0000b"}""");
        Assert.Equal(
            (1, "", "error: the name of a file or folder has a zero character in it\n"), Run(["translate", "--model", model, "--config", config]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("--source-tokens Character --target-tokens Subword")]
    public void AValidationLineWithoutMeasureIsNamedBeforeATraining(string options)
    {
        var table = folder.Write("table.tsv", "w1\tw1\n");
        var validation = folder.Write("validation.tsv", [.. "w1\tw1\n\nw3\t"u8, .. Words(1001), .. "\nw3\tw3\n"u8]);
        string[] command =
        [
            "train", "--train-tsv", table, "--valid-tsv", validation, "--output", folder.File("out"),
            .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries),
        ];

        var (code, _, error) = Run(command);

        // A subword has letters or digits, not both.
        var expected = options.Length == 0 ? "1 and 1,001 words" : "2 and 2,002 words";
        Assert.Equal((1, $"error: {validation}:3: {expected}; a side of a validation pair may have 1,000\n"), (code, error));
        Assert.False(Directory.Exists(folder.File("out")));
    }

    [Theory]
    [MemberData(nameof(BadLines))]
    public void EvaluateAndAlignNameTheFirstBadLine(string name)
    {
        var (bad, why) = (Bad[name].Bytes(), Bad[name].Why);
        var source = folder.Write("source", [.. "w1\n\n"u8, .. bad, .. "\nw3\n"u8]);
        var target = folder.Write("target", "w1\nw1\nw1\nw1\n");

        var (code, output, error) = Run(["evaluate", "--model", folder.File("model"), "--source", source, "--reference", target]);

        Assert.Equal((1, ""), (code, output));
        Assert.StartsWith($"error: {source}", error);
        Assert.EndsWith($":3: {why}\n", error);

        (code, _, error) = Run(["align", "--model", folder.File("model"), "--source", source, "--target", target, "--output", folder.File("links")]);
        Assert.Equal((1, 2), (code, File.ReadAllLines(folder.File("links")).Length));
        Assert.EndsWith($":3: {why}\n", error);
    }

    [Theory]
    [MemberData(nameof(BadLines))]
    public void ValidateAndTrainNameTheFirstBadLine(string name)
    {
        var (bad, why) = (Bad[name].Bytes(), Bad[name].Why);
        var table = folder.Write("table.tsv", [.. "w1\tw1\n\n"u8, .. bad, .. "\tw1\nw3\tw3\n"u8]);
        var isLong = why.Contains("tokens");

        var (code, output, _) = Run(["validate", "--tsv", table]);
        Assert.Equal(isLong ? 0 : 1, code);
        Assert.Contains("           2 pairs to train on", output);
        Assert.Contains(isLong ? "line 3: 5,000 and 1 words" : $"{table}:3: {why}", output);
        if (isLong) return; // left out of a training

        var (trained, _, error) = Run(["train", "--train-tsv", table, "--valid-tsv", table, "--output", folder.File("out")]);
        Assert.Equal((1, $"error: {table}:3: {why}\n"), (trained, error));
        Assert.False(Directory.Exists(folder.File("out")));
    }

    /// <summary>What has few words may have many pieces, which are known when they have been learnt.</summary>
    [Fact]
    public void AValidationLineOfManyPiecesIsNamedBeforeATraining()
    {
        var table = folder.Write("table.tsv", "ab\tab\n");
        var validation = folder.Write("validation.tsv", $"ab\tab\n{string.Join(' ', Enumerable.Repeat(new string('c', 50), 30))}\tab\n");

        var (code, _, error) = Run(
            ["train", "--train-tsv", table, "--valid-tsv", validation, "--output", folder.File("out"), "--preset", "rnn", "--source-tokens", "Subword", "--hidden", "8"]);

        var begin = new string('c', 40);
        Assert.Equal(
            (1, $"error: {validation}: the pair that begins '{begin}' has 1,530 tokens; a validation pair may have 1,000\n"), (code, error));
        Assert.Null(TrainingFolder.Newest(folder.File("out")));
    }

    private static byte[] Words(int count) => Encoding.UTF8.GetBytes(string.Join(' ', Enumerable.Repeat("w2", count)));

    private (int Code, string Text, string Error) Translate(string input, params string[] options)
    {
        var (code, _, error) = Run(["translate", "--model", folder.File("model"), "--input", input, "--output", folder.File("output"), .. options]);
        return (code, File.Exists(folder.File("output")) ? File.ReadAllText(folder.File("output")) : "", error);
    }
}
