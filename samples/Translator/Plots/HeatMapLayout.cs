using SkiaSharp;

namespace Translator.Plots;

/// <summary>Where everything in a heat map stands: sizes follow from the number of words and the length of labels.</summary>
internal sealed class HeatMapLayout
{
    /// <summary>Space between two squares.</summary>
    public const float Gap = 2;

    /// <summary>How far the source words are turned where they do not fit beside each other.</summary>
    public const float Slant = -45;

    /// <summary>How far below the middle of a line of text its baseline is, as a share of its size.</summary>
    public const float Drop = 0.33f;

    private const float Margin = 24;
    private const float LabelGap = 10;
    private const float BarGap = 26;
    private const float BarWidth = 14;
    private const float TickLabelGap = 8;
    private const float TitleLine = 26;
    private const float TitleGap = 14;
    private const float NoteLine = 34;
    private const float NarrowestTitle = 320;
    private const float SmallestBar = 120;
    private const float GridGoal = 640;
    private const float WidestCell = 84;
    private const int LongestLabel = 24;

    /// <summary>Measures a heat map's labels and lays it out.</summary>
    public HeatMapLayout(AttentionHeatMap map)
    {
        var room = MathF.Floor(GridGoal / Math.Max(map.Source.Count, map.Target.Count));
        Cell = float.Clamp(room, 16, 54);
        LabelSize = float.Clamp(0.6f * Cell, 9.6f, 16);
        SourceLabels = [.. map.Source.Select(word => Outline(map, word))];
        TargetLabels = [.. map.Target.Select(word => Outline(map, word))];

        // Few and short words read best level, and there is room to widen their columns.
        var level = MathF.Ceiling(SourceLabels.Max(label => label.Width) + 0.6f * LabelSize);
        IsSlanted = level > Math.Clamp(room, 16, WidestCell);
        Cell = IsSlanted ? Cell : Math.Max(Cell, level);

        var left = Margin + TargetLabels.Max(label => label.Width) + LabelGap;
        var columns = Cell * map.Source.Count;
        var rows = Cell * map.Target.Count;
        var tickWidth = map.Scale.Ticks.Max(tick => TickLabel(map, tick).Width);
        var right = left + columns + Math.Max(BarGap + BarWidth + TickLabelGap + tickWidth, Overhang());
        Title = Wrap(map, Math.Max(right - Margin, NarrowestTitle));

        var top = Margin + (Title.Count > 0 ? Title.Count * TitleLine + TitleGap : 0) + Rise() + LabelGap;
        Grid = SKRect.Create(left, top, columns, rows);
        Bar = SKRect.Create(Grid.Right + BarGap, top + Gap / 2, BarWidth, Math.Max(rows, SmallestBar) - Gap);
        var note = map.GoldLinks.Count > 0 ? NoteLine : 0;
        Size = new SKSize(
            MathF.Ceiling(Math.Max(right, Margin + Title.Select(line => line.Width).DefaultIfEmpty().Max()) + Margin),
            MathF.Ceiling(Math.Max(Grid.Bottom + note, Bar.Bottom) + Margin));
    }

    /// <summary>The size of the picture.</summary>
    public SKSize Size { get; }

    /// <summary>All squares.</summary>
    public SKRect Grid { get; }

    /// <summary>The side of a square with its gap.</summary>
    public float Cell { get; }

    /// <summary>The colour bar.</summary>
    public SKRect Bar { get; }

    /// <summary>The size of the words.</summary>
    public float LabelSize { get; }

    /// <summary>The size of the scale's and the legend's text.</summary>
    public float SmallSize => 12;

    /// <summary>Whether the source words are turned.</summary>
    public bool IsSlanted { get; }

    /// <summary>The title's lines.</summary>
    public IReadOnlyList<TextOutline> Title { get; }

    /// <summary>The source words.</summary>
    public IReadOnlyList<TextOutline> SourceLabels { get; }

    /// <summary>The target words.</summary>
    public IReadOnlyList<TextOutline> TargetLabels { get; }

    /// <summary>The square of a target word (row) and a source word (column).</summary>
    public SKRect Square(int row, int column)
    {
        var square = SKRect.Create(Grid.Left + column * Cell, Grid.Top + row * Cell, Cell, Cell);
        square.Inflate(-Gap / 2, -Gap / 2);
        return square;
    }

    /// <summary>Where a line of the title begins.</summary>
    public static SKPoint TitleAt(int line) => new(Margin, Margin + line * TitleLine + 0.72f * TitleLine);

    /// <summary>Where a target word begins: it ends at the grid.</summary>
    public SKPoint TargetAt(int row) => new(
        Grid.Left - LabelGap - TargetLabels[row].Width, Grid.Top + (row + 0.5f) * Cell + Drop * LabelSize);

    /// <summary>Where a source word begins: over the middle of its column, or around it.</summary>
    public SKPoint SourceAt(int column)
    {
        var middle = Grid.Left + (column + 0.5f) * Cell;
        return IsSlanted
            ? new SKPoint(middle + Drop * LabelSize / 2, Grid.Top - LabelGap)
            : new SKPoint(middle - SourceLabels[column].Width / 2, Grid.Top - LabelGap);
    }

    /// <summary>Where a number of the scale begins.</summary>
    public SKPoint TickAt(float share) =>
        new(Bar.Right + TickLabelGap, Bar.Bottom - share * Bar.Height + Drop * SmallSize);

    /// <summary>A number of the scale.</summary>
    public TextOutline TickLabel(AttentionHeatMap map, float weight) =>
        map.Lettering.Outline(WeightScale.Label(weight), SmallSize);

    private TextOutline Outline(AttentionHeatMap map, string word)
    {
        var runes = word.EnumerateRunes().ToArray();
        var shown = runes.Length <= LongestLabel ? word : string.Concat(runes[..(LongestLabel - 1)]) + "…";
        return map.Lettering.Outline(shown, LabelSize) with { Text = word };
    }

    private List<TextOutline> Wrap(AttentionHeatMap map, float width)
    {
        var lines = new List<TextOutline>();
        foreach (var word in map.Title.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var longer = lines.Count > 0 ? map.Lettering.Outline($"{lines[^1].Text} {word}", 18, bold: true) : null;
            if (longer is not null && longer.Width <= width)
                lines[^1] = longer;
            else
                lines.Add(map.Lettering.Outline(word, 18, bold: true));
        }
        return lines;
    }

    // How high the source words reach over the grid.
    private float Rise() => IsSlanted
        ? (SourceLabels.Max(label => label.Width) + LabelSize) * MathF.Sin(-Slant * MathF.PI / 180)
        : LabelSize;

    // How far a slanted source word reaches beyond the right end of the grid.
    private float Overhang() => !IsSlanted ? 0 : SourceLabels
        .Select((label, column) => (column + 0.5f - SourceLabels.Count) * Cell
            + (label.Width + LabelSize / 2) * MathF.Cos(-Slant * MathF.PI / 180))
        .Max();
}
