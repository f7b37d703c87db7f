using Translator.Corpus;

namespace Translator.Evaluation;

/// <summary>What people say about a sentence pair: links that must be there, and links that may be there.</summary>
public sealed class GoldAlignment
{
    /// <summary>Takes links; a sure link is possible too, whether it is listed twice or not.</summary>
    /// <param name="sure">The links that every annotator would draw.</param>
    /// <param name="possible">The links that are right as well but not required.</param>
    public GoldAlignment(IEnumerable<AlignmentLink> sure, IEnumerable<AlignmentLink>? possible = null)
    {
        ArgumentNullException.ThrowIfNull(sure);
        var required = sure.ToHashSet();
        Sure = required;
        Possible = required.Union(possible ?? []).ToHashSet();
    }

    /// <summary>The links that must be there.</summary>
    public IReadOnlySet<AlignmentLink> Sure { get; }

    /// <summary>The links that may be there, the sure ones among them.</summary>
    public IReadOnlySet<AlignmentLink> Possible { get; }
}
