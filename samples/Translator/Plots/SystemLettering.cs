using System.Collections.Concurrent;
using SkiaSharp;

namespace Translator.Plots;

/// <summary>Letters of the machine's fonts; a character that the chosen font lacks is looked for in all others.</summary>
internal sealed class SystemLettering : Lettering
{
    // What a letter of every label may need; a font without these is for symbols.
    private const string Needed = "aZ09éß";

    private static readonly string[] Preferred =
    [
        "Inter", "Segoe UI", "Helvetica Neue", "Noto Sans", "Open Sans", "Roboto", "Liberation Sans", "Arial", "DejaVu Sans",
    ];

    private readonly SKTypeface _regular;
    private readonly SKTypeface _bold;
    private readonly ConcurrentDictionary<int, SKTypeface?> _fallbacks = new();

    private SystemLettering(SKTypeface regular, SKTypeface bold) => (_regular, _bold) = (regular, bold);

    /// <summary>The name of that font, or null if this machine has none.</summary>
    public static string? Family => (Lettering.Default as SystemLettering)?._regular.FamilyName;

    /// <summary>The first of the preferred families that this machine has, else any that holds Latin letters.</summary>
    public static SystemLettering? Find()
    {
        foreach (var family in Preferred.Concat(SKFontManager.Default.FontFamilies))
        {
            if (Match(family, SKFontStyle.Normal) is { } regular && Match(family, SKFontStyle.Bold) is { } bold)
                return new SystemLettering(regular, bold);
        }
        return null;
    }

    private static SKTypeface? Match(string family, SKFontStyle style) =>
        SKFontManager.Default.MatchFamily(family, style) is { } face && face.ContainsGlyphs(Needed) ? face : null;

    internal override SKPath Glyph(int character, float size, bool bold, out float advance)
    {
        var face = bold ? _bold : _regular;
        if (!face.ContainsGlyph(character))
            face = _fallbacks.GetOrAdd(character, FindFallback);
        if (face is null)
            return Strokes.Glyph(character, size, bold, out advance);

        using var font = new SKFont(face, size) { Hinting = SKFontHinting.None, Subpixel = true };
        var text = char.ConvertFromUtf32(character);
        advance = font.MeasureText(text);
        return font.GetTextPath(text);
    }

    private static SKTypeface? FindFallback(int character) =>
        SKFontManager.Default.MatchCharacter(character) ?? SKFontManager.Default.FontFamilies
            .Select(family => SKFontManager.Default.MatchFamily(family, SKFontStyle.Normal))
            .FirstOrDefault(face => face?.ContainsGlyph(character) == true);
}
