using Translator.Corpus;

namespace Translator.Evaluation;

/// <summary>
/// Reads a word alignment off attention weights: each target word links to the source word that it looks at most, and to those
/// that it looks at nearly as much.
/// </summary>
/// <remarks>
/// What a word that translates several looks at is divided among them, so that the largest weight alone would miss some. A row of
/// zeros, which looks at nothing, has no link.
/// </remarks>
public static class AttentionAlignment
{
    /// <summary>The share of the largest weight from which on another one counts as nearly as much.</summary>
    public const double NearlyAsMuch = 0.5;

    /// <summary>The links of a sentence pair, by target position.</summary>
    /// <param name="weights">Weights, target × source, not negative.</param>
    /// <param name="share">What share of a row's largest weight makes a link; above 1 only the largest itself does, of equal ones the first.</param>
    /// <exception cref="ArgumentException">A weight is negative or not finite, or the share is not positive.</exception>
    public static IReadOnlyList<AlignmentLink> Of(float[,] weights, double share = NearlyAsMuch)
    {
        ArgumentNullException.ThrowIfNull(weights);
        var flat = new float[weights.Length];
        Buffer.BlockCopy(weights, 0, flat, 0, sizeof(float) * flat.Length);
        return Of(flat, weights.GetLength(1), share);
    }

    /// <summary>The links of a sentence pair whose weights lie row after row.</summary>
    /// <param name="weights">Weights, one row of <paramref name="sourceLength"/> for each target word.</param>
    /// <param name="sourceLength">The number of source words.</param>
    /// <param name="share">What share of a row's largest weight makes a link; above 1 only the largest itself does, of equal ones the first.</param>
    /// <exception cref="ArgumentException">The rows are not whole, a weight is negative or not finite, or the share is not positive.</exception>
    public static IReadOnlyList<AlignmentLink> Of(ReadOnlySpan<float> weights, int sourceLength, double share = NearlyAsMuch)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(sourceLength);
        if (!(share > 0)) throw new ArgumentOutOfRangeException(nameof(share), share, "a share must be positive");
        if (weights.Length > 0 && (sourceLength == 0 || weights.Length % sourceLength != 0))
            throw new ArgumentException($"{weights.Length} weights are not rows of {sourceLength}", nameof(weights));
        var links = new List<AlignmentLink>();
        for (var target = 0; target * sourceLength < weights.Length; target++)
        {
            var row = weights.Slice(target * sourceLength, sourceLength);
            var largest = Largest(row, target);
            if (row[largest] == 0) continue;
            for (var source = 0; source < row.Length; source++)
                if (source == largest || row[source] >= share * row[largest])
                    links.Add(new AlignmentLink(source, target));
        }
        return links;
    }

    private static int Largest(ReadOnlySpan<float> row, int target)
    {
        var best = 0;
        for (var source = 0; source < row.Length; source++)
        {
            if (!float.IsFinite(row[source]) || row[source] < 0)
                throw new ArgumentException($"weight [{target}, {source}] is {row[source]}", "weights");
            if (row[source] > row[best])
                best = source;
        }
        return best;
    }
}
