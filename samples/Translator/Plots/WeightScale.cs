using System.Globalization;

namespace Translator.Plots;

/// <summary>The scale beside a heat map: from 0 to a round number, with a few ticks.</summary>
/// <param name="Maximum">The weight of the darkest colour.</param>
/// <param name="Ticks">The weights that are written beside the scale.</param>
internal sealed record WeightScale(float Maximum, IReadOnlyList<float> Ticks)
{
    /// <summary>The smallest scale up to 1, 2 or 5 times a power of ten that holds a weight; up to 1 for a weight of 0.</summary>
    public static WeightScale For(float largest)
    {
        if (largest <= 0)
            return To(1);
        // Softmax may give a weight of 1 and a rounding error, which is no reason for a scale up to 2.
        var needed = largest * (1 - 1e-4f);
        var decade = Math.Pow(10, Math.Floor(Math.Log10(needed)));
        var factor = new[] { 1, 2, 5, 10 }.First(factor => factor * decade >= needed);
        return To((float)(factor * decade));
    }

    /// <summary>A scale up to a given weight.</summary>
    public static WeightScale To(float maximum) =>
        new(maximum, [.. Enumerable.Range(0, 6).Select(tick => maximum * tick / 5)]);

    /// <summary>A weight as the scale writes it.</summary>
    public static string Label(float weight) => weight.ToString("0.####", CultureInfo.InvariantCulture);
}
