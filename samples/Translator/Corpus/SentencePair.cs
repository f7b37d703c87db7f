namespace Translator.Corpus;

/// <summary>A sentence and its translation.</summary>
/// <param name="Source">The sentence to translate.</param>
/// <param name="Target">What it means in the other language.</param>
public sealed record SentencePair(string Source, string Target)
{
    /// <summary>Which words translate each other, or null where nobody says.</summary>
    public IReadOnlyList<AlignmentLink>? Links { get; init; }

    /// <summary>Whether neither side is blank.</summary>
    public bool HasText => !string.IsNullOrWhiteSpace(Source) && !string.IsNullOrWhiteSpace(Target);
}
