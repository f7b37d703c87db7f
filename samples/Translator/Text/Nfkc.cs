using System.Globalization;
using System.Text;

namespace Translator.Text;

/// <summary>
/// Unicode's normal form KC: what looks different and means the same becomes the same, so that a full-width Ａ is an A and
/// the ligature ﬁ two letters.
/// </summary>
/// <remarks>
/// The algorithm of Unicode Standard Annex 15 over the tables of Unicode 14. .NET's own normalisation needs the ICU library,
/// which many systems lack; without it, it returns the text as it was.
/// </remarks>
internal static class Nfkc
{
    private const int HangulSyllables = 0xAC00, HangulCount = 11172;
    private const int Leads = 0x1100, Vowels = 0x1161, Tails = 0x11A7;
    private const int LeadCount = 19, VowelCount = 21, TailCount = 28;

    private static readonly Dictionary<int, int[]> Decompositions = [];
    private static readonly Dictionary<int, byte> Classes = [];
    private static readonly Dictionary<(int, int), int> Compositions = [];

    static Nfkc()
    {
        using var stream = typeof(Nfkc).Assembly.GetManifestResourceStream(typeof(Nfkc), "Nfkc.txt")!;
        using var reader = new StreamReader(stream, Encoding.ASCII);
        var section = "";
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith('['))
                section = line;
            else if (!line.StartsWith('#'))
                Add(section, line.Split(' '));
        }
    }

    /// <summary>The normal form of a text.</summary>
    public static string Of(string text)
    {
        if (Ascii.IsValid(text))
            return text;
        var runes = new List<int>(text.Length);
        foreach (var rune in text.EnumerateRunes())
            Decompose(rune.Value, runes);
        Order(runes);
        Compose(runes);
        var result = new StringBuilder(runes.Count);
        foreach (var rune in runes)
            result.Append(new Rune(rune));
        return result.ToString();
    }

    private static void Decompose(int rune, List<int> to)
    {
        if (Decompositions.TryGetValue(rune, out var parts))
        {
            to.AddRange(parts);
            return;
        }
        var syllable = rune - HangulSyllables;
        if (syllable is < 0 or >= HangulCount)
        {
            to.Add(rune);
            return;
        }
        to.Add(Leads + (syllable / (VowelCount * TailCount)));
        to.Add(Vowels + (syllable / TailCount % VowelCount));
        if (syllable % TailCount > 0)
            to.Add(Tails + (syllable % TailCount));
    }

    /// <summary>Puts marks that follow one letter into the order of their classes; those of one class keep theirs.</summary>
    private static void Order(List<int> runes)
    {
        for (var start = 0; start < runes.Count; start++)
        {
            var end = start;
            while (end < runes.Count && Class(runes[end]) != 0)
                end++;
            if (end - start < 2)
                continue;
            var sorted = runes[start..end].OrderBy(Class).ToList();
            for (var at = start; at < end; at++)
                runes[at] = sorted[at - start];
            start = end;
        }
    }

    /// <summary>Joins each letter with what follows it, unless a mark of the same or a higher class stands between.</summary>
    private static void Compose(List<int> runes)
    {
        var (starter, kept) = (-1, 0);
        for (var at = 0; at < runes.Count; at++)
        {
            var rune = runes[at];
            var isBlocked = kept - starter > 1 && Class(runes[kept - 1]) >= Class(rune);
            if (starter >= 0 && !isBlocked && Composite(runes[starter], rune) is { } composite)
            {
                runes[starter] = composite;
                continue;
            }
            if (Class(rune) == 0)
                starter = kept;
            runes[kept++] = rune;
        }
        runes.RemoveRange(kept, runes.Count - kept);
    }

    private static int? Composite(int first, int second)
    {
        if (Compositions.TryGetValue((first, second), out var composite))
            return composite;
        var (lead, vowel, tail) = (first - Leads, second - Vowels, second - Tails);
        if (lead is >= 0 and < LeadCount && vowel is >= 0 and < VowelCount)
            return HangulSyllables + (((lead * VowelCount) + vowel) * TailCount);
        var syllable = first - HangulSyllables;
        return syllable is >= 0 and < HangulCount && syllable % TailCount == 0 && tail is > 0 and < TailCount ? first + tail : null;
    }

    private static byte Class(int rune) => Classes.GetValueOrDefault(rune);

    private static void Add(string section, string[] fields)
    {
        var range = fields[0].Split('-');
        var (first, last) = (Number(range[0]), Number(range[^1]));
        for (var rune = first; rune <= last; rune++)
        {
            if (section == "[classes]")
                Classes.Add(rune, byte.Parse(fields[1], CultureInfo.InvariantCulture));
            else if (section == "[compositions]")
                Compositions.Add((Number(fields[1]), Number(fields[2])), rune);
            else
                Decompositions.Add(rune, [.. fields.Skip(1).Select(field => Number(field) + rune - first)]);
        }
    }

    private static int Number(string text) => int.Parse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
