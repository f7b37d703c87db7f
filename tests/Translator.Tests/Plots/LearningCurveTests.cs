using SkiaSharp;
using Translator.Plots;
using Translator.Training;
using Xunit;

namespace Translator.Tests.Plots;

public sealed class LearningCurveTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(true, 2480)]
    [InlineData(false, 1240)]
    public void BleuHasAPanelOfItsOwn(bool hasBleu, int width)
    {
        new LearningCurve([("run", Log(hasBleu))]).SavePng(folder.File("curve.png"));

        using var picture = SKBitmap.Decode(folder.File("curve.png"));
        Assert.Equal((width, 800), (picture.Width, picture.Height));
        // The curves' blue is in every panel.
        foreach (var left in Enumerable.Range(0, width / 1240).Select(panel => 1240 * panel))
            Assert.True(Count(picture, left, new SKColor(0, 0x72, 0xB2)) > 100);
    }

    [Fact]
    public void SeveralRunsHaveTheirNamesAndColours()
    {
        new LearningCurve([("one", Log(true)), ("another", Log(false))], CurveAxis.Minutes).SaveSvg(folder.File("curve.svg"));

        var picture = File.ReadAllText(folder.File("curve.svg"));
        foreach (var part in new[] { "one", "another", "minutes", "BLEU on validation", "#0072B2", "#D55E00" })
            Assert.Contains(part, picture);
    }

    [Fact]
    public void LogsWithNothingToShowMakeAPicture()
    {
        LogEntry[] broken = [new() { Step = 10, Epoch = 1, Loss = double.NaN, TokensPerSecond = 0, Seconds = 0 }];
        new LearningCurve([("broken", broken), ("empty", [])]).SavePng(folder.File("curve.png"));
        Assert.True(new FileInfo(folder.File("curve.png")).Length > 0);
    }

    private static LogEntry[] Log(bool hasBleu) =>
    [
        .. Enumerable.Range(1, 20).Select(i => new LogEntry { Step = 10 * i, Epoch = 1, Loss = 3.0 / i, TokensPerSecond = 1, Seconds = i }),
        .. Enumerable.Range(1, 2).Select(i => new LogEntry
        {
            Step = 100 * i, Epoch = i, Loss = 1, ValidationLoss = 2.0 / i, Bleu = hasBleu ? 40 * i : null, TokensPerSecond = 1, Seconds = 10 * i,
        }),
    ];

    private static int Count(SKBitmap picture, int left, SKColor color) => Enumerable.Range(left, 1240)
        .Sum(x => Enumerable.Range(0, picture.Height).Count(y => picture.GetPixel(x, y) == color));
}
