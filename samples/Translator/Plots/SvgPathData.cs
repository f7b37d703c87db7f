using System.Globalization;
using System.Text;
using SkiaSharp;

namespace Translator.Plots;

/// <summary>Writes a shape as the data of an SVG path, to a hundredth of a unit.</summary>
/// <remarks>Skia's own writer gives every digit and many pieces for each round end, which makes files ten times as large.</remarks>
internal static class SvgPathData
{
    /// <summary>The path data.</summary>
    public static string Of(SKPath path)
    {
        var data = new StringBuilder();
        var points = new SKPoint[4];
        using var iterator = path.CreateRawIterator();
        for (SKPathVerb verb; (verb = iterator.Next(points)) != SKPathVerb.Done;)
        {
            switch (verb)
            {
                case SKPathVerb.Move:
                    Append(data, 'M', points[0]);
                    break;
                case SKPathVerb.Line:
                    Append(data, 'L', points[1]);
                    break;
                case SKPathVerb.Quad:
                    Append(data, 'Q', points[1], points[2]);
                    break;
                case SKPathVerb.Conic:
                    AppendConic(data, points, iterator.ConicWeight());
                    break;
                case SKPathVerb.Cubic:
                    Append(data, 'C', points[1], points[2], points[3]);
                    break;
                case SKPathVerb.Close:
                    data.Append('Z');
                    break;
            }
        }
        return data.ToString();
    }

    // SVG has no conics; two parabolas are within 0.3 % of a quarter circle.
    private static void AppendConic(StringBuilder data, SKPoint[] points, float weight)
    {
        var parabolas = SKPath.ConvertConicToQuads(points[0], points[1], points[2], weight, pow2: 1);
        Append(data, 'Q', parabolas[1], parabolas[2]);
        Append(data, 'Q', parabolas[3], parabolas[4]);
    }

    private static void Append(StringBuilder data, char command, params ReadOnlySpan<SKPoint> points)
    {
        data.Append(command);
        foreach (var point in points)
            data.Append(CultureInfo.InvariantCulture, $"{point.X:0.##} {point.Y:0.##} ");
        data.Length--;
    }
}
