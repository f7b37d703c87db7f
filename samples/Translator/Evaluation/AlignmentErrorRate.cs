using Translator.Corpus;

namespace Translator.Evaluation;

/// <summary>
/// The error of word alignments A against sure links S and possible links P ⊇ S:
/// AER = 1 - (|A∩S| + |A∩P|) / (|A| + |S|), counted over a whole corpus.
/// </summary>
/// <remarks>Och and Ney (2003). Where all links are sure, AER is 1 - F₁.</remarks>
/// <param name="Links">|A|, the links of the hypotheses.</param>
/// <param name="SureLinks">|S|, the sure links of the gold alignments.</param>
/// <param name="SureHits">|A∩S|.</param>
/// <param name="PossibleHits">|A∩P|.</param>
public readonly record struct AlignmentErrorRate(int Links, int SureLinks, int SureHits, int PossibleHits)
{
    /// <summary>The error rate, 0 to 1; 0 where neither side has a link.</summary>
    public double Rate => Links + SureLinks == 0 ? 0 : 1 - (double)(SureHits + PossibleHits) / (Links + SureLinks);

    /// <summary>|A∩P| / |A|; 1 where no link was drawn, for none of them is wrong.</summary>
    public double Precision => Links == 0 ? 1 : (double)PossibleHits / Links;

    /// <summary>|A∩S| / |S|; 1 where no link was required.</summary>
    public double Recall => SureLinks == 0 ? 1 : (double)SureHits / SureLinks;

    /// <summary>Compares alignments in pairs; a link that is listed twice counts once.</summary>
    /// <exception cref="ArgumentException">There is no sentence, or the counts differ.</exception>
    public static AlignmentErrorRate Of(
        IReadOnlyList<IReadOnlyCollection<AlignmentLink>> hypotheses, IReadOnlyList<GoldAlignment> gold)
    {
        Parallel.Require(hypotheses, gold);
        return hypotheses.Zip(gold, Count).Aggregate(Add);
    }

    private static AlignmentErrorRate Count(IReadOnlyCollection<AlignmentLink> hypothesis, GoldAlignment gold)
    {
        var links = hypothesis.ToHashSet();
        return new AlignmentErrorRate(
            links.Count, gold.Sure.Count, links.Count(gold.Sure.Contains), links.Count(gold.Possible.Contains));
    }

    private static AlignmentErrorRate Add(AlignmentErrorRate left, AlignmentErrorRate right) => new(
        left.Links + right.Links,
        left.SureLinks + right.SureLinks,
        left.SureHits + right.SureHits,
        left.PossibleHits + right.PossibleHits);
}
