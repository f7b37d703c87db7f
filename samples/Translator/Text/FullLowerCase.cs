using System.Globalization;
using System.Text;

namespace Translator.Text;

/// <summary>Lower case by Unicode's full mapping, the same in every culture.</summary>
/// <remarks>
/// .NET maps letter by letter. The full mapping differs at two letters: a dotted capital I becomes two characters, and a
/// capital sigma that ends a word becomes a final sigma.
/// </remarks>
internal static class FullLowerCase
{
    private const char DottedI = '\u0130';
    private const char Sigma = '\u03A3';
    private const char FinalSigma = '\u03C2';

    public static string Of(string text)
    {
        if (!text.AsSpan().ContainsAny(DottedI, Sigma))
            return text.ToLowerInvariant();
        var lower = new StringBuilder(text.Length);
        var runes = text.EnumerateRunes().ToArray();
        for (var at = 0; at < runes.Length; at++)
        {
            if (runes[at].Value == DottedI)
                lower.Append("i\u0307");
            else if (runes[at].Value == Sigma && EndsWord(runes, at))
                lower.Append(FinalSigma);
            else
                lower.Append(Rune.ToLowerInvariant(runes[at]));
        }
        return lower.ToString();
    }

    private static bool EndsWord(Rune[] runes, int at) => HasLetterBeside(runes, at, -1) && !HasLetterBeside(runes, at, +1);

    // Marks and apostrophes inside a word do not end it; the first of the others says whether there is a letter.
    private static bool HasLetterBeside(Rune[] runes, int at, int step)
    {
        do at += step;
        while (at >= 0 && at < runes.Length && IsIgnorable(runes[at]));
        return at >= 0 && at < runes.Length && IsCased(runes[at]);
    }

    private static bool IsCased(Rune rune) => Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter;

    private static bool IsIgnorable(Rune rune) => Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format
            or UnicodeCategory.ModifierLetter or UnicodeCategory.ModifierSymbol
        || rune.Value is '\'' or '.' or ':' or '\u00B7' or '\u2018' or '\u2019' or '\u2024' or '\u2027';
}
