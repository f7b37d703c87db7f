namespace Translator.Corpus;

/// <summary>A sentence and its translation.</summary>
/// <param name="Source">The sentence to translate.</param>
/// <param name="Target">What it means in the other language.</param>
public sealed record SentencePair(string Source, string Target)
{
    /// <summary>Whether neither side is blank.</summary>
    public bool HasText => !string.IsNullOrWhiteSpace(Source) && !string.IsNullOrWhiteSpace(Target);
}
