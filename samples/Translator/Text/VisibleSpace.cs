namespace Translator.Text;

/// <summary>
/// A sign for a space that can stand inside a token: ▁ before every word but, in the text again, the first. No text holds the
/// sign itself, since normalising makes it an underscore.
/// </summary>
internal static class VisibleSpace
{
    /// <summary>The sign, a block that rests on the line.</summary>
    public const char Mark = '\u2581';

    /// <summary>What a mark in the text becomes.</summary>
    public static string Unmark(string text) => text.Replace(Mark, '_');

    /// <summary>The text of tokens that hold their spaces as marks.</summary>
    public static string Join(IEnumerable<string> tokens) => WhitespaceTokenizer.Join(string.Concat(tokens).Split(Mark, StringSplitOptions.RemoveEmptyEntries));
}
