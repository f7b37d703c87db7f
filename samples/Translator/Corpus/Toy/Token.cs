namespace Translator.Corpus.Toy;

/// <summary>A word in a sentence and the concepts it expresses, each named by its path in the meaning.</summary>
/// <param name="BeforeVowel">What becomes of it before a vowel (le to l', beau to bel, a to an), or null.</param>
public sealed record Token(string Text, string? BeforeVowel, IReadOnlyList<string> Concepts);

/// <summary>The tokens of a sentence as a realiser lays them down.</summary>
public sealed class Phrase
{
    private readonly List<Token> tokens = [];

    public IReadOnlyList<Token> Tokens => tokens;

    /// <summary>Adds each word of the text; all of them express the concepts. No concept leaves a word unlinked.</summary>
    public void Add(string text, params string[] concepts)
    {
        foreach (var word in text.Split(' ')) tokens.Add(new(word, null, concepts));
    }

    /// <summary>Adds each character of the text; all of them express the concepts.</summary>
    public void AddCharacters(string text, params string[] concepts)
    {
        foreach (var character in text) tokens.Add(new(character.ToString(), null, concepts));
    }

    public void AddElidable(string text, string beforeVowel, params string[] concepts) =>
        tokens.Add(new(text, beforeVowel, concepts));
}
