using ScottPlot;
using SkiaSharp;
using Translator.Training;

namespace Translator.Plots;

/// <summary>A picture of trainings from their logs: losses on the left, and BLEU on the right where it was measured.</summary>
/// <param name="runs">What each training is called, and its log.</param>
/// <param name="over">What the curves go along.</param>
public sealed class LearningCurve(IReadOnlyList<(string Label, IReadOnlyList<LogEntry> Log)> runs, CurveAxis over = CurveAxis.Steps)
{
    private const int PanelWidth = 620;
    private const int Height = 400;
    private const byte Light = 110;
    private const int MostDots = 60;

    // Apart for eyes that do not tell red from green (Okabe and Ito, 2008).
    private static readonly Color[] Palette =
        [.. new[] { "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#555555" }.Select(Color.FromHex)];

    private readonly bool hasBleu = runs.Any(run => run.Log.Any(entry => entry.Bleu is not null));

    private int Width => hasBleu ? 2 * PanelWidth : PanelWidth;

    /// <summary>Writes the picture as PNG.</summary>
    /// <param name="path">The file.</param>
    /// <param name="scale">Pixels for each unit of the drawing: 2 is sharp on today's screens.</param>
    public void SavePng(string path, float scale = 2)
    {
        using var surface = SKSurface.Create(new SKImageInfo((int)(Width * scale), (int)(Height * scale)));
        surface.Canvas.Scale(scale);
        Draw(surface.Canvas);
        using var image = surface.Snapshot();
        using var data = image.Encode(SKEncodedImageFormat.Png, 100);
        File.WriteAllBytes(path, data.ToArray());
    }

    /// <summary>Writes the picture as SVG.</summary>
    public void SaveSvg(string path)
    {
        using var stream = new MemoryStream();
        using (var canvas = SKSvgCanvas.Create(new SKRect(0, 0, Width, Height), stream))
            Draw(canvas);
        File.WriteAllBytes(path, stream.ToArray());
    }

    private void Draw(SKCanvas canvas)
    {
        canvas.Clear(SKColors.White);
        using var losses = Losses();
        losses.Render(canvas, new PixelRect(0, PanelWidth, Height, 0));
        if (!hasBleu) return;
        using var bleu = Bleu();
        bleu.Render(canvas, new PixelRect(PanelWidth, 2 * PanelWidth, Height, 0));
    }

    private Plot Losses()
    {
        var plot = Panel(runs.Count == 1 ? "loss per word (nats)" : "loss per word (nats): light in training, dark on validation");
        foreach (var ((label, log), color) in runs.Zip(Colors()))
        {
            Add(plot, log.Where(entry => entry.ValidationLoss is null), entry => entry.Loss, color.WithAlpha(Light), runs.Count == 1 ? "training" : "");
            Add(plot, log, entry => entry.ValidationLoss, color, runs.Count == 1 ? "validation" : label);
        }
        plot.Axes.SetLimitsY(0, Top());
        plot.ShowLegend(Alignment.UpperRight);
        return plot;
    }

    private Plot Bleu()
    {
        var plot = Panel("BLEU on validation");
        foreach (var ((label, log), color) in runs.Zip(Colors()))
        {
            Add(plot, log, entry => entry.Bleu, color, runs.Count == 1 ? "" : label);
        }
        double[] scores = [.. runs.SelectMany(run => run.Log).Select(entry => entry.Bleu).OfType<double>()];
        plot.Axes.SetLimitsY(Math.Max(0, 10 * Math.Floor((scores.Min() - 5) / 10)), Math.Min(102, scores.Max() + 4));
        if (runs.Count > 1) plot.ShowLegend(Alignment.LowerRight);
        return plot;
    }

    /// <summary>The first steps' losses are several times those of all others: the picture is for the others.</summary>
    private double Top()
    {
        double[] losses = [.. runs.SelectMany(run => run.Log).Select(entry => Math.Max(entry.Loss, entry.ValidationLoss ?? 0)).Where(double.IsFinite).Order()];
        return losses.Length == 0 ? 1 : 1.15 * losses[(int)(0.95 * (losses.Length - 1))];
    }

    private static IEnumerable<Color> Colors()
    {
        for (var i = 0; ; i++) yield return Palette[i % Palette.Length];
    }

    private Plot Panel(string title)
    {
        var plot = new Plot();
        if (SystemLettering.Family is { } family) plot.Font.Set(family);
        // Two share a canvas.
        plot.RenderManager.ClearCanvasBeforeEachRender = false;
        plot.Title(title, size: 14);
        plot.Axes.Title.Label.Bold = false;
        plot.Axes.SetLimitsX(0, 1.02 * runs.SelectMany(run => run.Log).Select(Place).DefaultIfEmpty(1).Max());
        plot.XLabel(over.ToString().ToLowerInvariant(), size: 13);
        plot.Axes.Bottom.Label.Bold = false;
        plot.Axes.Right.FrameLineStyle.Width = 0;
        plot.Axes.Top.FrameLineStyle.Width = 0;
        plot.Axes.Bottom.MinorTickStyle.Length = 0;
        plot.Axes.Left.MinorTickStyle.Length = 0;
        plot.Grid.MajorLineColor = Color.FromHex("#E6E6E6");
        plot.Legend.OutlineWidth = 0;
        plot.Legend.ShadowColor = ScottPlot.Colors.Transparent;
        return plot;
    }

    /// <summary>Adds a line through what was measured, with a dot at each of few points.</summary>
    private void Add(Plot plot, IEnumerable<LogEntry> entries, Func<LogEntry, double?> value, Color color, string label)
    {
        LogEntry[] shown = [.. entries.Where(entry => value(entry) is { } measured && double.IsFinite(measured))];
        if (shown.Length == 0) return;
        var line = plot.Add.Scatter(shown.Select(Place).ToArray(), shown.Select(entry => value(entry)!.Value).ToArray(), color);
        line.LegendText = label;
        line.LineWidth = 2;
        line.MarkerSize = shown.Length <= MostDots ? 6 : 0;
    }

    private double Place(LogEntry entry) => over == CurveAxis.Minutes ? entry.Seconds / 60 : entry.Step;
}
