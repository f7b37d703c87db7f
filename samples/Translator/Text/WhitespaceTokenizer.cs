namespace Translator.Text;

/// <summary>Splits text into the words between whitespace; it never gives an empty word.</summary>
/// <remarks>
/// Whitespace is what Unicode calls so, and the four separators U+001C to U+001F, which end a word in the evaluation
/// tools of the field though .NET does not count them.
/// </remarks>
public static class WhitespaceTokenizer
{
    /// <summary>The words of a text, in order.</summary>
    public static string[] Split(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var words = new List<string>();
        for (var at = 0; at < text.Length; at++)
        {
            var start = at;
            while (at < text.Length && !IsSpace(text[at]))
                at++;
            if (at > start)
                words.Add(text[start..at]);
        }
        return [.. words];
    }

    /// <summary>The words with one space between them: the inverse of <see cref="Split"/> up to the kind of space.</summary>
    public static string Join(IEnumerable<string> words) => string.Join(' ', words);

    /// <summary>Whether a character separates words.</summary>
    public static bool IsSpace(char character) =>
        char.IsWhiteSpace(character) || character is >= '\u001C' and <= '\u001F';
}
