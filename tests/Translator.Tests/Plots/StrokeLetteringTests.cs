using Translator.Plots;
using Xunit;

namespace Translator.Tests.Plots;

public class StrokeLetteringTests
{
    private const string Ascii =
        "!\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~";

    private const string Accented = "ÀÂÄÆÇÈÉÊËÎÏÔÖŒÙÛÜŸẞàâäæçèéêëîïôöœùûüÿß«»‘’“”„–—…€";

    private static string Shape(string text) => Lettering.Strokes.Outline(text, 20).Path.ToSvgPathData();

    [Fact]
    public void EveryLetterOfEnglishFrenchAndGermanHasItsOwnShape()
    {
        var characters = (Ascii + Accented).Select(character => character.ToString()).ToArray();
        var shapes = characters.Append("\uE000").Select(Shape).ToArray();
        Assert.All(shapes, shape => Assert.True(shape.Length > 20));
        Assert.Equal(shapes.Length, shapes.Distinct().Count());
    }

    [Fact]
    public void WhatIsUnknownIsABox()
    {
        Assert.Equal(Shape("\uE000"), Shape("中"));
        Assert.Equal(Shape("\uE000"), Shape("😀"));
    }

    [Fact]
    public void LettersAndAccentsCompose()
    {
        Assert.Equal(Shape("éïçÜ"), Shape("e\u0301i\u0308c\u0327U\u0308"));
        Assert.NotEqual(Shape("e"), Shape("é"));
    }

    [Fact]
    public void AccentsRiseOverTheirLetters()
    {
        foreach (var (plain, accented) in "aeouAEOU".Zip("äéôùÄÉÔÙ"))
        {
            var low = Lettering.Strokes.Outline(plain.ToString(), 20).Path.TightBounds;
            var high = Lettering.Strokes.Outline(accented.ToString(), 20).Path.TightBounds;
            Assert.InRange(low.Top - high.Top, 2, 8);
            Assert.Equal(low.Bottom, high.Bottom, 0.01f);
            Assert.Equal(low.MidX, high.MidX, 0.5f);
        }
    }

    [Fact]
    public void WidthsAddUpAndGrowWithSize()
    {
        float Width(string text, float size) => Lettering.Strokes.Outline(text, size).Width;
        Assert.Equal(Width("Wasser", 20), Width("Was", 20) + Width("ser", 20), 0.001f);
        Assert.Equal(3 * Width("Wasser", 7), Width("Wasser", 21), 0.001f);
        Assert.True(Width("iii", 20) < Width("mmm", 20));
        Assert.True(Width("a b", 20) > Width("ab", 20));
        Assert.Equal(0, Width("", 20));
    }

    [Fact]
    public void BoldIsHeavierInTheSamePlace()
    {
        var regular = Lettering.Strokes.Outline("l", 100).Path.TightBounds;
        var bold = Lettering.Strokes.Outline("l", 100, bold: true).Path.TightBounds;
        Assert.InRange(bold.Height - regular.Height, 1, 10);
        Assert.InRange(regular.Bottom, 0, 6);
    }
}
