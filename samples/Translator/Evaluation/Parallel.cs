namespace Translator.Evaluation;

/// <summary>The precondition that all measures of hypotheses against references share.</summary>
internal static class Parallel
{
    /// <exception cref="ArgumentException">There is nothing to compare, or the counts differ.</exception>
    public static void Require<TLeft, TRight>(IReadOnlyList<TLeft> hypotheses, IReadOnlyList<TRight> references)
    {
        ArgumentNullException.ThrowIfNull(hypotheses);
        ArgumentNullException.ThrowIfNull(references);
        if (hypotheses.Count != references.Count)
            throw new ArgumentException(
                $"{hypotheses.Count} hypotheses cannot be compared to {references.Count} references", nameof(references));
        if (hypotheses.Count == 0)
            throw new ArgumentException("there is no sentence to evaluate", nameof(hypotheses));
    }
}
