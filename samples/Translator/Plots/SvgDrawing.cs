using System.Globalization;
using System.Xml.Linq;
using SkiaSharp;

namespace Translator.Plots;

/// <summary>Draws to SVG without fonts, scripts or links; text is shapes that carry their words as a title.</summary>
internal sealed class SvgDrawing : IDrawing
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    private readonly XElement _root;

    /// <param name="size">The size of the picture.</param>
    /// <param name="title">What the whole picture is called.</param>
    public SvgDrawing(SKSize size, string title) => _root = new XElement(
        Svg + "svg",
        new XAttribute("width", Number(size.Width)),
        new XAttribute("height", Number(size.Height)),
        new XAttribute("viewBox", $"0 0 {Number(size.Width)} {Number(size.Height)}"),
        new XAttribute("role", "img"),
        new XElement(Svg + "title", Printable(title)),
        new XElement(
            Svg + "rect", new XAttribute("width", "100%"), new XAttribute("height", "100%"), Paint("fill", SKColors.White)));

    public override string ToString() => _root + "\n";

    public void Fill(SKRect rectangle, float radius, SKColor color, string? hint = null) =>
        _root.Add(Rectangle(rectangle, radius, Paint("fill", color), Title(hint)));

    public void Gradient(SKRect rectangle, float radius, IReadOnlyList<SKColor> colors)
    {
        var stops = colors.Select((color, at) => new XElement(
            Svg + "stop",
            new XAttribute("offset", Number((float)at / (colors.Count - 1))),
            Paint("stop-color", color)));
        _root.Add(new XElement(
            Svg + "linearGradient",
            new XAttribute("id", "scale"), new XAttribute("x1", 0), new XAttribute("y1", 1),
            new XAttribute("x2", 0), new XAttribute("y2", 0), stops));
        _root.Add(Rectangle(rectangle, radius, new XAttribute("fill", "url(#scale)")));
    }

    public void Frame(SKRect rectangle, float radius, float width, SKColor color) => _root.Add(Rectangle(
        rectangle, radius,
        new XAttribute("fill", "none"), Paint("stroke", color), new XAttribute("stroke-width", Number(width))));

    public void Text(TextOutline text, SKPoint at, float degrees, SKColor color)
    {
        var place = $"translate({Number(at.X)} {Number(at.Y)})";
        if (degrees != 0)
            place += $" rotate({Number(degrees)})";
        _root.Add(new XElement(
            Svg + "path",
            new XAttribute("transform", place), Paint("fill", color), new XAttribute("d", SvgPathData.Of(text.Path)),
            Title(text.Text)));
    }

    private static XElement Rectangle(SKRect rectangle, float radius, params object?[] content) => new(
        Svg + "rect",
        new XAttribute("x", Number(rectangle.Left)),
        new XAttribute("y", Number(rectangle.Top)),
        new XAttribute("width", Number(rectangle.Width)),
        new XAttribute("height", Number(rectangle.Height)),
        new XAttribute("rx", Number(radius)),
        content);

    private static XElement? Title(string? text) => text is null ? null : new XElement(Svg + "title", Printable(text));

    private static XAttribute Paint(string what, SKColor color) =>
        new(what, $"#{color.Red:x2}{color.Green:x2}{color.Blue:x2}");

    // XML has no way to write most control characters, nor half a surrogate pair.
    private static string Printable(string text) =>
        string.Concat(text.EnumerateRunes().Select(rune => IsXml(rune.Value) ? rune.ToString() : "\uFFFD"));

    private static bool IsXml(int character) =>
        character is '\t' or '\n' or '\r' or (>= 0x20 and not (0xFFFE or 0xFFFF));

    private static string Number(float value) => value.ToString("0.##", CultureInfo.InvariantCulture);
}
