using SkiaSharp;
using Translator.Plots;
using Xunit;

namespace Translator.Tests.Plots;

public class ColormapTests
{
    private const int Steps = 16;

    private static readonly (double L, double A, double B)[] Walk =
        [.. Enumerable.Range(0, Steps + 1).Select(step => Lab(Colormap.At(step / (float)Steps)))];

    [Fact]
    public void LightnessFallsFromNearWhiteToNearBlack()
    {
        Assert.InRange(Walk[0].L, 0.93, 0.98);
        Assert.InRange(Walk[^1].L, 0.2, 0.32);
        Assert.All(Walk.Zip(Walk.Skip(1)), pair => Assert.InRange(pair.First.L - pair.Second.L, 0.01, 0.1));
    }

    [Fact]
    public void EqualStepsOfWeightLookEqual()
    {
        var distances = Walk.Zip(Walk.Skip(1), Distance).ToArray();
        // A channel of eight bits moves a colour by up to 0.003, a tenth of a step.
        Assert.All(distances, distance => Assert.Equal(distances.Average(), distance, 0.1 * distances.Average()));
    }

    [Fact]
    public void SharesOutsideTakeTheNearerEnd()
    {
        Assert.Equal(Colormap.At(0), Colormap.At(-1));
        Assert.Equal(Colormap.At(1), Colormap.At(2));
    }

    private static double Distance((double L, double A, double B) left, (double L, double A, double B) right) =>
        Math.Sqrt(Math.Pow(left.L - right.L, 2) + Math.Pow(left.A - right.A, 2) + Math.Pow(left.B - right.B, 2));

    // OKLab from sRGB (Ottosson, 2020): the other direction than the colormap's own.
    private static (double L, double A, double B) Lab(SKColor color)
    {
        var (r, g, b) = (Linear(color.Red), Linear(color.Green), Linear(color.Blue));
        var l = Math.Cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
        var m = Math.Cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
        var s = Math.Cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
        return (
            0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s,
            1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s,
            0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s);
    }

    private static double Linear(byte channel) => channel <= 10
        ? channel / 255.0 / 12.92
        : Math.Pow((channel / 255.0 + 0.055) / 1.055, 2.4);
}
