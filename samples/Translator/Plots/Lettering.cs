using SkiaSharp;

namespace Translator.Plots;

/// <summary>Turns text into shapes, so that a picture needs no font where it is looked at.</summary>
public abstract class Lettering
{
    /// <summary>Letters drawn by this program: the same on every machine, one without any font included.</summary>
    public static Lettering Strokes { get; } = new StrokeLettering();

    /// <summary>A sans-serif font of this machine, or <see cref="Strokes"/> if it has none.</summary>
    public static Lettering Default { get; } = SystemLettering.Find() ?? Strokes;

    /// <summary>The shape of a line of text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="size">The height of a line of letters, as font sizes are measured.</param>
    /// <param name="bold">Whether the letters are heavy.</param>
    public TextOutline Outline(string text, float size, bool bold = false)
    {
        ArgumentNullException.ThrowIfNull(text);
        var path = new SKPath();
        var width = 0f;
        foreach (var rune in StrokeGlyphs.Compose(text).EnumerateRunes())
        {
            using var glyph = Glyph(rune.Value, size, bold, out var advance);
            path.AddPath(glyph, width, 0);
            width += advance;
        }
        return new TextOutline(text, path, width);
    }

    /// <summary>The shape of one character and how far it takes the pen; the caller disposes it.</summary>
    internal abstract SKPath Glyph(int character, float size, bool bold, out float advance);
}
