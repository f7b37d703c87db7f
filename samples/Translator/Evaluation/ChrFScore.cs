using System.Globalization;

namespace Translator.Evaluation;

/// <summary>A <see cref="ChrF"/> score with what it depends on.</summary>
/// <param name="Score">The score, 0 to 100.</param>
/// <param name="LowerCase">Whether letters lost their case first.</param>
public sealed record ChrFScore(double Score, bool LowerCase)
{
    /// <summary>The options in the notation of sacreBLEU's signatures.</summary>
    public string Signature => $"nrefs:1|case:{(LowerCase ? "lc" : "mixed")}|eff:yes|nc:6|nw:0|space:no|impl:TorchAttention";

    /// <summary>The line that sacreBLEU prints, with the signature in front.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"chrF2|{Signature} = {Score:F2}");
}
