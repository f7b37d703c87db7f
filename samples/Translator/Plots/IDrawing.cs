using SkiaSharp;

namespace Translator.Plots;

/// <summary>Where a picture is drawn: the few shapes that a heat map is made of.</summary>
internal interface IDrawing
{
    /// <summary>Fills a rectangle.</summary>
    /// <param name="rectangle">Where.</param>
    /// <param name="radius">How round its corners are.</param>
    /// <param name="color">Its colour.</param>
    /// <param name="hint">What a viewer that can point at things says about it.</param>
    void Fill(SKRect rectangle, float radius, SKColor color, string? hint = null);

    /// <summary>Fills a rectangle with colours from its bottom to its top, at equal distances.</summary>
    void Gradient(SKRect rectangle, float radius, IReadOnlyList<SKColor> colors);

    /// <summary>Draws the edge of a rectangle; the line's middle is the edge.</summary>
    void Frame(SKRect rectangle, float radius, float width, SKColor color);

    /// <summary>Fills the shape of a line of text whose left end stands at a point, turned by an angle to the right.</summary>
    void Text(TextOutline text, SKPoint at, float degrees, SKColor color);
}
