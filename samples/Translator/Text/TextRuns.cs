using System.Globalization;
using System.Text;

namespace Translator.Text;

/// <summary>
/// Cuts a text into what byte pairs are merged within: runs of letters, of digits, and of other signs. The first run of a word
/// begins with ▁, so that the runs together say where the spaces were.
/// </summary>
/// <remarks>
/// So <c>Go.</c> becomes <c>▁Go</c> and <c>.</c>, and no subword is half a word and half a full stop. A run has
/// at most <see cref="LongestRun"/> characters, which bounds the work on text without spaces.
/// </remarks>
internal static class TextRuns
{
    public const int LongestRun = 64;

    private enum Kind
    {
        Letter,
        Digit,
        Other,
    }

    /// <summary>The runs in order.</summary>
    public static IEnumerable<string> Split(string text)
    {
        foreach (var word in WhitespaceTokenizer.Split(text))
        {
            var run = new StringBuilder().Append(VisibleSpace.Mark);
            var (kind, length) = ((Kind?)null, 1);
            foreach (var rune in word.EnumerateRunes())
            {
                var next = KindOf(rune) ?? kind ?? Kind.Other;
                if ((kind is not null && next != kind) || length == LongestRun)
                {
                    yield return run.ToString();
                    run.Clear();
                    length = 0;
                }
                run.Append(rune);
                kind = next;
                length++;
            }
            yield return run.ToString();
        }
    }

    /// <summary>How many runs a text has.</summary>
    public static int Count(string text) => Split(text).Count();

    /// <summary>Null for a mark, which belongs to what stands before it.</summary>
    private static Kind? KindOf(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark => null,
        UnicodeCategory.DecimalDigitNumber => Kind.Digit,
        _ when Rune.IsLetter(rune) => Kind.Letter,
        _ => Kind.Other,
    };
}
