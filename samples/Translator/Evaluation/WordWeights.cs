namespace Translator.Evaluation;

/// <summary>Attention between words from attention between their tokens: what a word's tokens give and get together.</summary>
public static class WordWeights
{
    /// <summary>Weights, target words × source words.</summary>
    /// <param name="weights">Weights, target tokens × source tokens.</param>
    /// <param name="targetWords">For each target token the number of its word, or -1 for none.</param>
    /// <param name="sourceWords">For each source token the number of its word, or -1 for none.</param>
    public static float[,] Of(float[,] weights, IReadOnlyList<int> targetWords, IReadOnlyList<int> sourceWords)
    {
        ArgumentNullException.ThrowIfNull(weights);
        if (weights.GetLength(0) != targetWords.Count || weights.GetLength(1) != sourceWords.Count)
            throw new ArgumentException(
                $"{weights.GetLength(0)} × {weights.GetLength(1)} weights are not of {targetWords.Count} and {sourceWords.Count} tokens", nameof(weights));
        var words = new float[Count(targetWords), Count(sourceWords)];
        for (var i = 0; i < targetWords.Count; i++)
            for (var j = 0; j < sourceWords.Count; j++)
                if (targetWords[i] >= 0 && sourceWords[j] >= 0)
                    words[targetWords[i], sourceWords[j]] += weights[i, j];
        return words;
    }

    private static int Count(IReadOnlyList<int> words) => words.DefaultIfEmpty(-1).Max() + 1;
}
