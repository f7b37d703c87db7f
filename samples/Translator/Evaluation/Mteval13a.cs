using System.Text;
using Translator.Text;

namespace Translator.Evaluation;

/// <summary>The words of NIST's mteval-v13a script, in the form that sacreBLEU (Post, 2018) gave them.</summary>
/// <remarks>
/// ASCII punctuation stands alone, except an apostrophe, a hyphen not after a digit, and a period or comma between digits.
/// Letters and punctuation beyond ASCII are left as they are. The three passes below are kept apart because each sees what
/// the one before it wrote: that is where the rules for "3.14", "..." and "1990-5" come from.
/// </remarks>
public static class Mteval13a
{
    /// <summary>The words of a sentence in plain text.</summary>
    public static string[] Split(string sentence)
    {
        ArgumentNullException.ThrowIfNull(sentence);
        var text = Unescape(TrimEnd(sentence).Replace("<skipped>", "").Replace("-\n", "").Replace('\n', ' '));
        return WhitespaceTokenizer.Split(
            SplitHyphenAfterDigit(SplitBeforeNonDigit(SplitAfterNonDigit(IsolateSymbols($" {text} ")))));
    }

    // A line end after the last hyphen is the file's, not a broken word's, so it goes first.
    private static string TrimEnd(string text)
    {
        var end = text.Length;
        while (end > 0 && WhitespaceTokenizer.IsSpace(text[end - 1]))
            end--;
        return text[..end];
    }

    private static string Unescape(string text) => text
        .Replace("&quot;", "\"").Replace("&amp;", "&").Replace("&lt;", "<").Replace("&gt;", ">");

    private static string IsolateSymbols(string text)
    {
        var result = new StringBuilder(2 * text.Length);
        foreach (var character in text)
        {
            if (IsSymbol(character))
                result.Append(' ').Append(character).Append(' ');
            else
                result.Append(character);
        }
        return result.ToString();
    }

    // Every ASCII punctuation mark but the four that later passes or none look at: ' , - .
    private static bool IsSymbol(char character) =>
        char.IsAscii(character) && (char.IsPunctuation(character) || char.IsSymbol(character))
        && character is not ('\'' or ',' or '-' or '.');

    private static string SplitAfterNonDigit(string text) => ReplacePairs(
        text, (first, second) => !char.IsAsciiDigit(first) && IsPoint(second), "{0} {1} ");

    private static string SplitBeforeNonDigit(string text) => ReplacePairs(
        text, (first, second) => IsPoint(first) && !char.IsAsciiDigit(second), " {0} {1}");

    private static string SplitHyphenAfterDigit(string text) => ReplacePairs(
        text, (first, second) => char.IsAsciiDigit(first) && second == '-', "{0} {1} ");

    /// <summary>Rewrites neighbours from left to right; what one match took is not looked at again.</summary>
    private static string ReplacePairs(string text, Func<char, char, bool> matches, string format)
    {
        var result = new StringBuilder(2 * text.Length);
        for (var at = 0; at < text.Length; at++)
        {
            if (at + 1 < text.Length && matches(text[at], text[at + 1]))
                result.AppendFormat(format, text[at], text[++at]);
            else
                result.Append(text[at]);
        }
        return result.ToString();
    }

    private static bool IsPoint(char character) => character is '.' or ',';
}
