using System.Globalization;

namespace Translator.Evaluation;

/// <summary>A BLEU score with all that it was made of.</summary>
/// <param name="Score">The score, 0 to 100.</param>
/// <param name="Precisions">The smoothed precision of each order, 1 to 4, in percent.</param>
/// <param name="BrevityPenalty">What the score was multiplied with because the hypotheses are short, 0 to 1.</param>
/// <param name="HypothesisLength">Words in all hypotheses.</param>
/// <param name="ReferenceLength">Words in all references.</param>
/// <param name="Signature">The options, as <see cref="BleuOptions.Signature"/> writes them.</param>
public sealed record BleuScore(
    double Score,
    IReadOnlyList<double> Precisions,
    double BrevityPenalty,
    int HypothesisLength,
    int ReferenceLength,
    string Signature)
{
    /// <summary>Hypothesis length over reference length; 0 where the references have no word.</summary>
    public double Ratio => ReferenceLength == 0 ? 0 : (double)HypothesisLength / ReferenceLength;

    /// <summary>The line that sacreBLEU prints, with the signature in front.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"BLEU|{Signature} = {Score:F2} {string.Join('/', Precisions.Select(Percent))} " +
        $"(BP = {BrevityPenalty:F3} ratio = {Ratio:F3} hyp_len = {HypothesisLength} ref_len = {ReferenceLength})");

    private static string Percent(double precision) => precision.ToString("F1", CultureInfo.InvariantCulture);
}
