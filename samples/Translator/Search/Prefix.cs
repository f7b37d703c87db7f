namespace Translator.Search;

/// <summary>A hypothesis as its last word and the hypothesis before it, so that those with a common beginning share it.</summary>
/// <param name="Parent">All but the last word, or null for the begin mark.</param>
/// <param name="Word">The last word.</param>
/// <param name="LogProbability">The sum of the words' log-probabilities.</param>
/// <param name="Weights">Where the attention looked for the last word.</param>
internal sealed record Prefix(Prefix? Parent, long Word, double LogProbability, float[] Weights)
{
    /// <summary>How many words there are, an end mark counted and the begin mark not.</summary>
    public int Length { get; } = Parent is null ? 0 : Parent.Length + 1;

    /// <summary>The prefixes from the first word to this one.</summary>
    public Prefix[] Words()
    {
        var words = new Prefix[Length];
        for (var prefix = this; prefix.Parent is not null; prefix = prefix.Parent)
            words[prefix.Length - 1] = prefix;
        return words;
    }
}
