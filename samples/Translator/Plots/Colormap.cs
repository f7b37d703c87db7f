using SkiaSharp;

namespace Translator.Plots;

/// <summary>Colours for weights from nothing to most: near white over teal and blue to night blue.</summary>
/// <remarks>
/// The curve runs through OKLab (Ottosson, 2020), where distance is how different two colours look, and is walked at even
/// speed: equal steps of weight look like equal steps of colour, and lightness only falls, so a grey print stays readable.
/// </remarks>
public static class Colormap
{
    private const int Samples = 256;

    // Control points of a cubic Bézier curve: lightness, green to red, blue to yellow.
    private static readonly Lab[] Curve =
        [new(0.965f, -0.003f, 0.000f), new(0.87f, -0.095f, 0.000f), new(0.56f, -0.085f, -0.185f), new(0.27f, 0.015f, -0.110f)];

    private static readonly SKColor[] Table = Sample();

    private readonly record struct Lab(float L, float A, float B)
    {
        public static Lab operator +(Lab left, Lab right) => new(left.L + right.L, left.A + right.A, left.B + right.B);

        public static Lab operator *(float factor, Lab lab) => new(factor * lab.L, factor * lab.A, factor * lab.B);

        public float Distance(Lab other) =>
            MathF.Sqrt(MathF.Pow(L - other.L, 2) + MathF.Pow(A - other.A, 2) + MathF.Pow(B - other.B, 2));
    }

    /// <summary>The colour of a share of the largest weight; outside 0 to 1 the nearer end's.</summary>
    public static SKColor At(float share) =>
        Table[(int)MathF.Round(float.Clamp(share, 0, 1) * (Samples - 1))];

    private static SKColor[] Sample()
    {
        const int Fine = 4096;
        var points = Enumerable.Range(0, Fine + 1).Select(at => Bezier(at / (float)Fine)).ToArray();
        var travelled = new float[Fine + 1];
        for (var at = 1; at <= Fine; at++)
            travelled[at] = travelled[at - 1] + points[at].Distance(points[at - 1]);
        var colors = new SKColor[Samples];
        for (int sample = 0, at = 0; sample < Samples; sample++)
        {
            while (at < Fine && travelled[at] < travelled[Fine] * sample / (Samples - 1))
                at++;
            colors[sample] = ToColor(points[at]);
        }
        return colors;
    }

    private static Lab Bezier(float t)
    {
        var s = 1 - t;
        return s * s * s * Curve[0] + 3 * s * s * t * Curve[1] + 3 * s * t * t * Curve[2] + t * t * t * Curve[3];
    }

    private static SKColor ToColor(Lab lab)
    {
        var l = MathF.Pow(lab.L + 0.3963377774f * lab.A + 0.2158037573f * lab.B, 3);
        var m = MathF.Pow(lab.L - 0.1055613458f * lab.A - 0.0638541728f * lab.B, 3);
        var s = MathF.Pow(lab.L - 0.0894841775f * lab.A - 1.2914855480f * lab.B, 3);
        return new SKColor(
            ToByte(4.0767416621f * l - 3.3077115913f * m + 0.2309699292f * s),
            ToByte(-1.2684380046f * l + 2.6097574011f * m - 0.3413193965f * s),
            ToByte(-0.0041960863f * l - 0.7034186147f * m + 1.7076147010f * s));
    }

    private static byte ToByte(float linear)
    {
        var value = float.Clamp(linear, 0, 1);
        var encoded = value <= 0.0031308f ? 12.92f * value : 1.055f * MathF.Pow(value, 1 / 2.4f) - 0.055f;
        return (byte)MathF.Round(255 * encoded);
    }
}
