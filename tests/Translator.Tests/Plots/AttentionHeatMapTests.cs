using System.Globalization;
using System.Xml.Linq;
using SkiaSharp;
using Translator.Corpus;
using Translator.Plots;
using Xunit;

namespace Translator.Tests.Plots;

public class AttentionHeatMapTests
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    private static readonly string[] Source = ["the", "<green>", "house", "&", "\"roof\""];
    private static readonly string[] Target = ["das", "grüne", "Haus"];

    public static TheoryData<bool> Letterings => [true, false];

    public static TheoryData<int, int, int, bool> Shapes => new(
        from size in new[] { (1, 1), (5, 3), (2, 23), (29, 31), (71, 3) }
        from length in new[] { 1, 9, 61 }
        from strokes in new[] { true, false }
        select (size.Item1, size.Item2, length, strokes));

    private static float[,] Weights(int rows, int columns, float largest = 1)
    {
        var random = new Random(rows * 1009 + columns);
        var weights = new float[rows, columns];
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns; column++)
                weights[row, column] = largest * random.NextSingle();
        }
        weights[rows - 1, 0] = largest;
        return weights;
    }

    private static AttentionHeatMap Map(bool strokes = true, float largest = 1) =>
        new(Source, Target, Weights(Target.Length, Source.Length, largest), "Attention → \"weights\"")
        {
            Lettering = strokes ? Lettering.Strokes : Lettering.Default,
            GoldLinks = [new(0, 0), new(4, 2)],
        };

    /// <summary>The squares of an SVG, row after row: they are what says more when it is pointed at.</summary>
    private static List<XElement> Squares(XDocument svg) =>
        [.. svg.Descendants(Svg + "rect").Where(square => square.Element(Svg + "title") is not null)];

    private static float Attribute(XElement element, string name) =>
        float.Parse(element.Attribute(name)!.Value, CultureInfo.InvariantCulture);

    private static SKPoint Center(XElement square) => new(
        Attribute(square, "x") + Attribute(square, "width") / 2, Attribute(square, "y") + Attribute(square, "height") / 2);

    private static string Hex(SKColor color) => $"#{color.Red:x2}{color.Green:x2}{color.Blue:x2}";

    private static string[] Texts(XDocument svg) =>
        [.. svg.Descendants(Svg + "path").Select(path => path.Element(Svg + "title")!.Value)];

    [Theory]
    [MemberData(nameof(Letterings))]
    public void SquaresHaveTheColoursOfTheirWeights(bool strokes)
    {
        const float Scale = 3;
        var map = Map(strokes);
        var weights = Weights(Target.Length, Source.Length);
        var squares = Squares(XDocument.Parse(map.ToSvg()));
        using var png = SKBitmap.Decode(map.ToPng(Scale));

        Assert.Equal(weights.Length, squares.Count);
        foreach (var (square, weight) in squares.Zip(weights.Cast<float>()))
        {
            Assert.Equal(Attribute(square, "width"), Attribute(square, "height"));
            var color = Colormap.At(weight);
            Assert.Equal(Hex(color), square.Attribute("fill")!.Value);
            var at = Center(square);
            Assert.Equal(color, png.GetPixel((int)(at.X * Scale), (int)(at.Y * Scale)));
        }
        Assert.True(squares.Select(square => square.Attribute("fill")!.Value).Distinct().Count() > 10);
    }

    [Fact]
    public void RowsAreTargetWordsAndColumnsSourceWords()
    {
        var squares = Squares(XDocument.Parse(Map().ToSvg()));
        var weights = Weights(Target.Length, Source.Length);
        for (var row = 0; row < Target.Length; row++)
        {
            for (var column = 0; column < Source.Length; column++)
            {
                var title = squares[row * Source.Length + column].Element(Svg + "title")!.Value;
                Assert.Equal(FormattableString.Invariant(
                    $"{Source[column]} – {Target[row]}: {weights[row, column]:0.####}"), title);
            }
        }
        Assert.Equal(Center(squares[0]).Y, Center(squares[Source.Length - 1]).Y);
        Assert.True(Center(squares[0]).X < Center(squares[1]).X);
        Assert.True(Center(squares[0]).Y < Center(squares[Source.Length]).Y);
    }

    [Theory]
    [MemberData(nameof(Letterings))]
    public void SvgHoldsEveryLabelAndNeedsNothingElse(bool strokes)
    {
        var text = Map(strokes).ToSvg();
        var svg = XDocument.Parse(text);
        string[] scale = ["0", "0.2", "0.4", "0.6", "0.8", "1"];
        Assert.Equal(
            [.. Source, .. Target, "Attention → \"weights\"", "gold alignment", .. scale],
            Texts(svg).ToHashSet());
        Assert.All(svg.Descendants(Svg + "path"), path => Assert.StartsWith("M", path.Attribute("d")!.Value));
        Assert.Empty(svg.Descendants(Svg + "text"));
        Assert.DoesNotContain("font", text);
        Assert.DoesNotContain("href", text);
    }

    [Theory]
    [InlineData("a\u0001b", "a\uFFFDb")]
    [InlineData("]]> -->", "]]> -->")]
    [InlineData("😀\uFFFE", "😀\uFFFD")]
    public void LabelsThatXmlCannotHoldAreReplaced(string word, string shown) =>
        Assert.Contains(shown, Texts(XDocument.Parse(new AttentionHeatMap([word], ["x"], new[,] { { 1f } }, "").ToSvg())));

    [Theory]
    [MemberData(nameof(Shapes))]
    public void EverythingFitsWithinTheMargins(int targets, int sources, int length, bool strokes)
    {
        const int Margin = 12;

        static string[] Words(int count, int length) =>
            [.. Enumerable.Range(0, count).Select(at => new string((char)('a' + at % 26), 1 + (at + length - 1) % length))];

        var map = new AttentionHeatMap(
            Words(sources, length), Words(targets, length), Weights(targets, sources), string.Join(' ', Words(sources, 7)))
        {
            Lettering = strokes ? Lettering.Strokes : Lettering.Default,
        };
        using var png = SKBitmap.Decode(map.ToPng(scale: 1));
        var pixels = png.Pixels;
        var inMargin = Enumerable.Range(0, pixels.Length).Where(at =>
        {
            var (y, x) = Math.DivRem(at, png.Width);
            return Math.Min(Math.Min(x, y), Math.Min(png.Width - 1 - x, png.Height - 1 - y)) < Margin;
        });
        Assert.Equal(0, inMargin.Count(at => pixels[at] != SKColors.White));
        Assert.Contains(pixels, pixel => pixel != SKColors.White);
    }

    [Theory]
    [MemberData(nameof(Letterings))]
    public void WordsAreWrittenBesideAndAboveTheirSquares(bool strokes)
    {
        const int Scale = 2;
        var map = Map(strokes);
        var squares = Squares(XDocument.Parse(map.ToSvg()));
        using var png = SKBitmap.Decode(map.ToPng(Scale));
        var (left, top) = (Attribute(squares[0], "x"), Attribute(squares[0], "y"));
        var side = Attribute(squares[0], "width");

        int Ink(float x, float y, float width, float height)
        {
            var dark = 0;
            for (var i = (int)(x * Scale); i < (x + width) * Scale; i++)
            {
                for (var j = (int)(y * Scale); j < (y + height) * Scale; j++)
                    dark += png.GetPixel(i, j).Green < 128 ? 1 : 0;
            }
            return dark;
        }

        for (var row = 0; row < Target.Length; row++)
            Assert.InRange(Ink(left - 45, Attribute(squares[row * Source.Length], "y"), 40, side), 100, 2000);
        for (var column = 0; column < Source.Length; column++)
            Assert.InRange(Ink(Attribute(squares[column], "x"), top - 30, side, 25), 40, 2000);
    }

    [Fact]
    public void GoldLinksAreFramed()
    {
        var map = Map();
        var squares = Squares(XDocument.Parse(map.ToSvg()));
        using var png = SKBitmap.Decode(map.ToPng(scale: 2));
        for (var at = 0; at < squares.Count; at++)
        {
            // A pixel inside the left edge, half way down.
            var edge = png.GetPixel((int)(2 * Attribute(squares[at], "x")) + 2, (int)(2 * Center(squares[at]).Y));
            var isGold = edge.Red > 200 && edge.Blue < 60;
            Assert.Equal(at == 0 || at == 2 * Source.Length + 4, isGold);
        }
        var plain = new AttentionHeatMap(Source, Target, Weights(3, 5), "").ToSvg();
        Assert.DoesNotContain("gold alignment", plain);
    }

    [Theory]
    [InlineData(1f, "1")]
    [InlineData(1.00001f, "1")]
    [InlineData(0.93f, "1")]
    [InlineData(0.5f, "0.5")]
    [InlineData(0.37f, "0.5")]
    [InlineData(0.2f, "0.2")]
    [InlineData(0.013f, "0.02")]
    [InlineData(0f, "1")]
    public void TheScaleEndsAtARoundNumber(float largest, string end)
    {
        var texts = Texts(XDocument.Parse(Map(largest: largest).ToSvg()));
        Assert.Equal(end, texts[^1]);
        Assert.Equal("0", texts[^6]);
    }

    [Fact]
    public void AGivenMaximumMakesPicturesComparable()
    {
        var map = new AttentionHeatMap(["a"], ["b"], new[,] { { 0.25f } }, "") { Maximum = 0.5f };
        Assert.Equal(Hex(Colormap.At(0.5f)), Squares(XDocument.Parse(map.ToSvg())).Single().Attribute("fill")!.Value);
        Assert.Throws<ArgumentOutOfRangeException>(
            () => new AttentionHeatMap(["a"], ["b"], new float[1, 1], "") { Maximum = 0 });
    }

    [Fact]
    public void FilesHoldThePicture()
    {
        using var folder = new TemporaryFolder();
        var map = Map();
        map.SavePng(folder.File("map.png"));
        map.SaveSvg(folder.File("map.svg"));
        var root = XDocument.Load(folder.File("map.svg")).Root!;
        using var png = SKBitmap.Decode(folder.File("map.png"));
        Assert.Equal(2 * Attribute(root, "width"), png.Width);
        Assert.Equal(2 * Attribute(root, "height"), png.Height);
        Assert.InRange(png.Width, 600, 1400);
        Assert.Equal((byte)'<', File.ReadAllBytes(folder.File("map.svg"))[0]);
    }

    [Fact]
    public void WrongArgumentsAreErrors()
    {
        static void Fails(string[] source, string[] target, float[,] weights, string name) => Assert.Equal(
            name, Assert.Throws<ArgumentException>(() => new AttentionHeatMap(source, target, weights, "")).ParamName);

        Fails(["a", "b"], ["x"], new float[2, 1], "weights");
        Fails([], ["x"], new float[1, 0], "source");
        Fails(["a"], [], new float[0, 1], "target");
        Fails(["a"], ["x"], new[,] { { float.NaN } }, "weights");
        Fails(["a"], ["x"], new[,] { { -0.1f } }, "weights");
        foreach (var link in new AlignmentLink[] { new(1, 0), new(0, 1), new(-1, 0) })
            Assert.Throws<ArgumentException>(() => new AttentionHeatMap(["a"], ["x"], new float[1, 1], "") { GoldLinks = [link] });
    }
}
