using SkiaSharp;

namespace Translator.Plots;

/// <summary>Draws the skeletons of <see cref="StrokeGlyphs"/> with a round pen.</summary>
internal sealed class StrokeLettering : Lettering
{
    private const float CapitalShare = 0.72f;
    private const float Gap = 3.5f;
    private const float SpaceWidth = 5.5f;
    private const float RegularPen = 1.6f;
    private const float BoldPen = 2.3f;

    // How much higher an accent sits on a capital than on a small letter.
    private const float CapitalLift = 4.6f;
    private const float CapitalLimit = 2;

    internal override SKPath Glyph(int character, float size, bool bold, out float advance)
    {
        var unit = CapitalShare * size / StrokeGlyphs.CapitalHeight;
        var pen = bold ? BoldPen : RegularPen;
        if (character <= char.MaxValue && char.IsWhiteSpace((char)character))
        {
            advance = SpaceWidth * unit;
            return new SKPath();
        }

        using var skeleton = Skeleton(character, out var width);
        using var paint = new SKPaint
        {
            Style = SKPaintStyle.Stroke,
            StrokeWidth = pen,
            StrokeCap = SKStrokeCap.Round,
            StrokeJoin = SKStrokeJoin.Round,
        };
        using var shape = new SKPath();
        // The outline of a curve is only as fine as the scale says, and the glyph is drawn larger than its units.
        paint.GetFillPath(skeleton, shape, SKMatrix.CreateScale(2, 2));

        var outline = new SKPath();
        var place = SKMatrix.CreateTranslation((Gap + pen - RegularPen) / 2, -StrokeGlyphs.CapitalHeight);
        shape.Transform(place.PostConcat(SKMatrix.CreateScale(unit, unit)), outline);
        advance = (width + Gap + pen - RegularPen) * unit;
        return outline;
    }

    private static SKPath Skeleton(int character, out float width)
    {
        var (letter, mark) = StrokeGlyphs.Decompose(character);
        var path = Parse(StrokeGlyphs.Find(letter) ?? StrokeGlyphs.Unknown);
        var bounds = path.TightBounds;
        path.Offset(-bounds.Left, 0);
        width = bounds.Width;
        if (mark is null)
            return path;

        using var accent = Parse(mark);
        var lift = bounds.Top < CapitalLimit && accent.TightBounds.Top < CapitalLimit ? CapitalLift : 0;
        path.AddPath(accent, width / 2, -lift);
        return path;
    }

    private static SKPath Parse(string data) =>
        SKPath.ParseSvgPathData(data) ?? throw new InvalidOperationException($"not a path: {data}");
}
