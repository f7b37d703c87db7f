using System.Text;
using Translator.Corpus;

namespace Translator.Plots;

/// <summary>A picture of attention weights: a square for each pair of a target word (rows) and a source word (columns).</summary>
/// <remarks>
/// PNG and SVG show the same drawing. Text is drawn as shapes, with a font of this machine or with letters of the
/// program's own, so the files need no font and the program needs none either.
/// </remarks>
public sealed class AttentionHeatMap
{
    private readonly float[,] _weights;

    /// <summary>A picture to be.</summary>
    /// <param name="source">The source words, left to right.</param>
    /// <param name="target">The target words, top to bottom.</param>
    /// <param name="weights">Weights, target × source, not negative.</param>
    /// <param name="title">The line above; none if empty.</param>
    /// <exception cref="ArgumentException">Sizes do not agree, a side is empty, or a weight is negative or not finite.</exception>
    public AttentionHeatMap(IReadOnlyList<string> source, IReadOnlyList<string> target, float[,] weights, string title)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentNullException.ThrowIfNull(title);
        if (source.Count == 0)
            throw new ArgumentException("there is no source word", nameof(source));
        if (target.Count == 0)
            throw new ArgumentException("there is no target word", nameof(target));
        if (weights.GetLength(0) != target.Count || weights.GetLength(1) != source.Count)
            throw new ArgumentException(
                $"weights are {weights.GetLength(0)} × {weights.GetLength(1)}, but there are {target.Count} target words " +
                $"and {source.Count} source words", nameof(weights));
        foreach (var weight in weights)
        {
            if (!float.IsFinite(weight) || weight < 0)
                throw new ArgumentException($"a weight is {weight}", nameof(weights));
        }
        Source = [.. source];
        Target = [.. target];
        Title = title;
        _weights = (float[,])weights.Clone();
    }

    /// <summary>The source words.</summary>
    public IReadOnlyList<string> Source { get; }

    /// <summary>The target words.</summary>
    public IReadOnlyList<string> Target { get; }

    /// <summary>The line above.</summary>
    public string Title { get; }

    /// <summary>Links that people drew: their squares are framed.</summary>
    /// <exception cref="ArgumentException">A link is outside the sentences.</exception>
    public IReadOnlyCollection<AlignmentLink> GoldLinks
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            foreach (var link in value)
            {
                if (link.Source < 0 || link.Source >= Source.Count || link.Target < 0 || link.Target >= Target.Count)
                    throw new ArgumentException(
                        $"link {link} is outside {Source.Count} source and {Target.Count} target words", nameof(value));
            }
            field = [.. value.Distinct()];
        }
    } = [];

    /// <summary>The weight of the darkest colour, so that pictures compare; a round number that fits if null.</summary>
    public float? Maximum
    {
        get;
        init
        {
            if (value is { } maximum && !(float.IsFinite(maximum) && maximum > 0))
                throw new ArgumentOutOfRangeException(nameof(value), value, "the largest weight must be positive");
            field = value;
        }
    }

    /// <summary>What the text is written with.</summary>
    public Lettering Lettering { get; init; } = Lettering.Default;

    /// <summary>The weight of a target word (row) on a source word (column).</summary>
    internal float this[int row, int column] => _weights[row, column];

    /// <summary>The scale of the colours.</summary>
    internal WeightScale Scale =>
        Maximum is { } maximum ? WeightScale.To(maximum) : WeightScale.For(_weights.Cast<float>().Max());

    /// <summary>The picture as a PNG file's bytes.</summary>
    /// <param name="scale">Pixels for each unit of the drawing: 2 is sharp on today's screens.</param>
    public byte[] ToPng(float scale = 2)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(scale);
        var layout = new HeatMapLayout(this);
        using var drawing = new PngDrawing(layout.Size, scale);
        new HeatMapPainter(this, layout).Paint(drawing);
        return drawing.ToArray();
    }

    /// <summary>The picture as an SVG file's text.</summary>
    public string ToSvg()
    {
        var layout = new HeatMapLayout(this);
        var drawing = new SvgDrawing(layout.Size, Title.Length > 0 ? Title : "Attention weights");
        new HeatMapPainter(this, layout).Paint(drawing);
        return drawing.ToString();
    }

    /// <summary>Writes the picture as PNG.</summary>
    public void SavePng(string path, float scale = 2) => File.WriteAllBytes(path, ToPng(scale));

    /// <summary>Writes the picture as SVG.</summary>
    public void SaveSvg(string path) => File.WriteAllText(path, ToSvg(), new UTF8Encoding(false));
}
