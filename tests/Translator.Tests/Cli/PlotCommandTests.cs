using Xunit;
using static Translator.Tests.Cli.CommandLineTests;

namespace Translator.Tests.Cli;

/// <summary>plot as a user types it.</summary>
[Collection(nameof(CommandLineTests))]
public sealed class PlotCommandTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void DrawsFoldersAndLogsByTheirNames()
    {
        const string log = "{\"step\":10,\"epoch\":1,\"loss\":2,\"tokensPerSecond\":5,\"seconds\":1}\n{\"step\":10,\"epoch\":1,\"loss\":2,\"validationLoss\":1,\"tokensPerSecond\":5,\"seconds\":1}\n";
        Directory.CreateDirectory(folder.File("first"));
        folder.Write(Path.Combine("first", "log.jsonl"), log);
        var second = folder.Write("second.jsonl", log);

        var (code, output, error) = Run(["plot", folder.File("first"), second, "--output", folder.File("curves.svg")]);

        Assert.True(code == 0, error);
        Assert.Equal($"the learning curves are in {folder.File("curves.svg")}\n", output);
        var picture = File.ReadAllText(folder.File("curves.svg"));
        Assert.Contains("first", picture);
        Assert.Contains("second", picture);
    }

    [Fact]
    public void WhatCannotBeDrawnIsOneLine()
    {
        Directory.CreateDirectory(folder.File("no training"));
        Assert.Equal((1, "", $"error: {Path.Combine(folder.File("no training"), "log.jsonl")}: no such file\n"), Run(["plot", folder.File("no training"), "--output", folder.File("curves.png")]));
        Assert.Equal((2, "", "error: --output must end in .png or .svg (--help lists what there is)\n"), Run(["plot", "x", "--output", "curves.gif"]));
    }
}
