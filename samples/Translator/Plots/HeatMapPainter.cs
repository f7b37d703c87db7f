using SkiaSharp;

namespace Translator.Plots;

/// <summary>Draws a heat map that has been laid out.</summary>
internal sealed class HeatMapPainter(AttentionHeatMap map, HeatMapLayout layout)
{
    private static readonly SKColor Ink = new(0x1f, 0x23, 0x28);
    private static readonly SKColor PaleInk = new(0x59, 0x63, 0x6e);
    private static readonly SKColor Gold = new(0xf2, 0x8c, 0x0f);

    private readonly WeightScale _scale = map.Scale;

    public void Paint(IDrawing drawing)
    {
        for (var line = 0; line < layout.Title.Count; line++)
            drawing.Text(layout.Title[line], HeatMapLayout.TitleAt(line), 0, Ink);
        PaintLabels(drawing);
        PaintSquares(drawing);
        PaintGoldLinks(drawing);
        PaintScale(drawing);
    }

    private void PaintLabels(IDrawing drawing)
    {
        var slant = layout.IsSlanted ? HeatMapLayout.Slant : 0;
        for (var column = 0; column < map.Source.Count; column++)
            drawing.Text(layout.SourceLabels[column], layout.SourceAt(column), slant, Ink);
        for (var row = 0; row < map.Target.Count; row++)
            drawing.Text(layout.TargetLabels[row], layout.TargetAt(row), 0, Ink);
    }

    private void PaintSquares(IDrawing drawing)
    {
        for (var row = 0; row < map.Target.Count; row++)
        {
            for (var column = 0; column < map.Source.Count; column++)
            {
                var hint = $"{map.Source[column]} – {map.Target[row]}: {WeightScale.Label(map[row, column])}";
                drawing.Fill(layout.Square(row, column), Radius, Colormap.At(map[row, column] / _scale.Maximum), hint);
            }
        }
    }

    private void PaintGoldLinks(IDrawing drawing)
    {
        if (map.GoldLinks.Count == 0)
            return;
        foreach (var link in map.GoldLinks)
            Mark(drawing, layout.Square(link.Target, link.Source));

        var note = map.Lettering.Outline("gold alignment", layout.SmallSize);
        var sample = SKRect.Create(layout.Grid.Left + HeatMapLayout.Gap / 2, layout.Grid.Bottom + 18, 14, 14);
        Mark(drawing, sample);
        drawing.Text(note, new SKPoint(sample.Right + 8, sample.MidY + HeatMapLayout.Drop * layout.SmallSize), 0, PaleInk);
    }

    private void Mark(IDrawing drawing, SKRect square)
    {
        var width = float.Clamp(square.Width / 16, 1.75f, 2.75f);
        square.Inflate(-width / 2, -width / 2);
        drawing.Frame(square, Math.Max(0, Radius - width / 2), width, Gold);
    }

    private void PaintScale(IDrawing drawing)
    {
        drawing.Gradient(layout.Bar, 3, [.. Enumerable.Range(0, 33).Select(stop => Colormap.At(stop / 32f))]);
        foreach (var tick in _scale.Ticks)
            drawing.Text(layout.TickLabel(map, tick), layout.TickAt(tick / _scale.Maximum), 0, PaleInk);
    }

    private float Radius => Math.Min(4, layout.Cell / 9);
}
