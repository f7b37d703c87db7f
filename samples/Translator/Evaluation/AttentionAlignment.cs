namespace Translator.Evaluation;

/// <summary>Reads a word alignment off attention weights: each target word links to the source word it looks at most.</summary>
/// <remarks>Of equal weights the first source word is taken; a row of zeros, which looks at nothing, has no link.</remarks>
public static class AttentionAlignment
{
    /// <summary>The links of a sentence pair, by target position.</summary>
    /// <param name="weights">Weights, target × source, not negative.</param>
    /// <exception cref="ArgumentException">A weight is negative or not finite.</exception>
    public static IReadOnlyList<AlignmentLink> Of(float[,] weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        var flat = new float[weights.Length];
        Buffer.BlockCopy(weights, 0, flat, 0, sizeof(float) * flat.Length);
        return Of(flat, weights.GetLength(1));
    }

    /// <summary>The links of a sentence pair whose weights lie row after row.</summary>
    /// <param name="weights">Weights, one row of <paramref name="sourceLength"/> for each target word.</param>
    /// <param name="sourceLength">The number of source words.</param>
    /// <exception cref="ArgumentException">The rows are not whole, or a weight is negative or not finite.</exception>
    public static IReadOnlyList<AlignmentLink> Of(ReadOnlySpan<float> weights, int sourceLength)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(sourceLength);
        if (weights.Length > 0 && (sourceLength == 0 || weights.Length % sourceLength != 0))
            throw new ArgumentException($"{weights.Length} weights are not rows of {sourceLength}", nameof(weights));
        var links = new List<AlignmentLink>();
        for (var row = 0; row * sourceLength < weights.Length; row++)
        {
            var source = Largest(weights.Slice(row * sourceLength, sourceLength), row);
            if (source >= 0)
                links.Add(new AlignmentLink(source, row));
        }
        return links;
    }

    private static int Largest(ReadOnlySpan<float> row, int target)
    {
        var best = -1;
        for (var source = 0; source < row.Length; source++)
        {
            if (!float.IsFinite(row[source]) || row[source] < 0)
                throw new ArgumentException($"weight [{target}, {source}] is {row[source]}", "weights");
            if (row[source] > (best < 0 ? 0 : row[best]))
                best = source;
        }
        return best;
    }
}
