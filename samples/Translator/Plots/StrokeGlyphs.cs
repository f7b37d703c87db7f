using System.Collections.Frozen;

namespace Translator.Plots;

/// <summary>The skeletons of a plain sans-serif alphabet: ASCII, the letters of French and German, and their punctuation.</summary>
/// <remarks>
/// Each is an SVG path, y downwards: capitals stand between 0 and 14, small letters between 4 and 14, tails reach 18. The
/// pen makes the letters. One command is not SVG's: an "o" makes a dot. Widths and spacing follow from the paths.
/// </remarks>
internal static class StrokeGlyphs
{
    /// <summary>The height of a capital in the units of the paths.</summary>
    public const float CapitalHeight = 14;

    /// <summary>What stands for a character that is not here.</summary>
    public const string Unknown = "M0 0H7V14H0ZM2 4.4L5 9.6M5 4.4L2 9.6";

    private const string Alphabet = """
        a M8 4V14M8 9A4 5 0 1 0 0 9A4 5 0 1 0 8 9
        b M0 0V14M0 9A4 5 0 1 1 8 9A4 5 0 1 1 0 9
        c M7.2 6A4 5 0 1 0 7.2 12
        d M8 0V14M8 9A4 5 0 1 0 0 9A4 5 0 1 0 8 9
        e M0 9H8A4 5 0 1 0 7.2 12
        f M5.4 .3C3.2 -.4 2 1 2 3.2V14M0 4.4H5
        g M8 4V14C8 18.8 2 19.2 .6 16.4M8 9A4 5 0 1 0 0 9A4 5 0 1 0 8 9
        h M0 0V14M0 8C.8 3 7.4 2.4 7.4 8V14
        i M0 4V14M0 .3o
        j M2.4 4V15.4C2.4 17.6 1.4 18.3 0 18M2.4 .3o
        k M0 0V14M6.8 4L0 10.4M2.6 8L7.2 14
        l M0 0V12C0 13.5 .8 14 2 14
        m M0 4V14M0 8C.6 3 6 2.4 6 7.8V14M6 8C6.6 3 12 2.4 12 7.8V14
        n M0 4V14M0 8C.8 3 7.4 2.4 7.4 8V14
        o M0 9A4.2 5 0 1 1 8.4 9A4.2 5 0 1 1 0 9
        p M0 4V18M0 9A4 5 0 1 1 8 9A4 5 0 1 1 0 9
        q M8 4V18M8 9A4 5 0 1 0 0 9A4 5 0 1 0 8 9
        r M0 4V14M0 8.4C.4 5 2.2 3.6 4.6 4.2
        s M6.4 5.6C5.2 3.2 .6 3.4 .6 6.5C.6 10 6.8 8.2 6.8 11.4C6.8 14.8 1.2 14.8 0 12.2
        t M2 .8V11.6C2 13.8 3.2 14.4 5.2 13.8M0 4.4H5
        u M0 4V10C0 15.6 6.6 15 7.4 10M7.4 4V14
        v M0 4L3.8 14L7.6 4
        w M0 4L3 14L6 4L9 14L12 4
        x M0 4L7 14M7 4L0 14
        y M0 4L3.8 14M7.6 4L3.2 15.6C2.4 17.7 1.6 18.2 .2 18
        z M0 4H6.8L0 14H7
        ı M0 4V14
        ȷ M2.4 4V15.4C2.4 17.6 1.4 18.3 0 18
        ß M0 14V4C0 -1.3 6.8 -1.2 6.8 2.8C6.8 5.8 3.6 5.6 3.6 6.8C3.6 8.4 8.2 7.8 8.2 11C8.2 14 5.2 14.8 3 13.4
        æ M.8 5.4C2 3.4 6.6 3.2 6.6 8V9H13.4A3.4 5 0 1 0 12.7 12M6.6 8.4C3.4 8.2 0 8.8 0 11.4C0 14.8 6 14.8 6.6 10
        œ M7 9A3.5 5 0 1 0 0 9A3.5 5 0 1 0 7 9H14A3.5 5 0 1 0 13.3 12
        ø M0 9A4.2 5 0 1 1 8.4 9A4.2 5 0 1 1 0 9M8 3.6L.4 14.4
        A M0 14L5 0L10 14M1.8 9.2H8.2
        B M0 0V14H4.6A3.8 3.8 0 0 0 4.6 6.4H0M4.2 6.4A3.2 3.2 0 0 0 4.2 0H0
        C M10.8 2.8A6 7 0 1 0 10.8 11.2
        D M0 0V14H4A6 7 0 0 0 4 0Z
        E M7.8 0H0V14H7.8M0 6.8H6.6
        F M7.6 0H0V14M0 6.8H6.4
        G M10.8 2.8A6 7 0 1 0 12 7.6H7.4
        H M0 0V14M9.4 0V14M0 6.8H9.4
        I M0 0V14
        J M5 0V10C5 15 .6 15 0 11.6
        K M0 0V14M8.8 0L0 8.6M3.4 5.4L9.2 14
        L M0 0V14H7.2
        M M0 14V0L5.8 9L11.6 0V14
        N M0 14V0L9.4 14V0
        O M0 7A6 7 0 1 1 12 7A6 7 0 1 1 0 7
        P M0 14V0H4.8A3.9 3.9 0 0 1 4.8 7.8H0
        Q M0 7A6 7 0 1 1 12 7A6 7 0 1 1 0 7M8 10.4L12 15
        R M0 14V0H4.8A3.9 3.9 0 0 1 4.8 7.8H0M4.8 7.8L8.8 14
        S M8.2 2.6C7 -.9 .6 -.9 .6 3.6C.6 8.2 8.8 6 8.8 10.4C8.8 15 1.2 15 0 11.2
        T M0 0H9.8M4.9 0V14
        U M0 0V9C0 15.6 9.4 15.6 9.4 9V0
        V M0 0L4.9 14L9.8 0
        W M0 0L3.5 14L7 0L10.5 14L14 0
        X M0 0L9 14M9 0L0 14
        Y M0 0L4.6 7.2L9.2 0M4.6 7.2V14
        Z M0 0H8.8L0 14H9
        Æ M0 14L6 0H13.2M7.8 0V14H13.4M7.8 6.8H12.4M2.4 9.2H7.8
        Œ M6 0A6 7 0 1 0 6 14H13M6 0H12.8M7.4 0V14M7.4 6.8H12
        Ø M0 7A6 7 0 1 1 12 7A6 7 0 1 1 0 7M11 -.4L1 14.4
        ẞ M0 14V4C0 -1.2 3.4 0 8 0L4.6 5.6C7.6 5.6 8.8 7.6 8.8 9.8C8.8 13.4 5.6 14.8 3 13.4
        0 M0 7A4 7 0 1 1 8 7A4 7 0 1 1 0 7
        1 M0 3L3.6 0V14
        2 M.3 3.4C.9 -.9 7.4 -1.2 7.4 3.7C7.4 6.8 2.8 9.6 0 14H7.8
        3 M.5 2.2C2 -.9 7.2 -.8 7.2 3.3C7.2 6.3 4.6 6.7 2.8 6.7C5 6.7 7.8 7.2 7.8 10.4C7.8 15 1.4 15.2 0 11.6
        4 M6 14V0L0 10H8.2
        5 M7 0H1.2L.6 6.4C3 4.6 7.8 5 7.8 9.4C7.8 14.8 1.6 15.2 0 12
        6 M6.8 1C3 -1.2 0 3.4 0 9.4A4 4.6 0 1 0 8 9.4A4 4.6 0 1 0 0 9.4
        7 M0 0H7.8L2.8 14
        8 M4 6.6A3.3 3.3 0 1 1 4 0A3.3 3.3 0 1 1 4 6.6A4 3.7 0 1 0 4 14A4 3.7 0 1 0 4 6.6
        9 M1.2 13C5 15.2 8 10.6 8 4.6A4 4.6 0 1 0 0 4.6A4 4.6 0 1 0 8 4.6
        ! M0 0V9.6M0 13.8o
        ¡ M0 18V8.4M0 4.2o
        " M0 0V3.6M3 0V3.6
        # M3.4 0L1.8 14M8.2 0L6.6 14M.6 4.6H9.8M0 9.6H9.2
        $ M8.2 2.6C7 -.9 .6 -.9 .6 3.6C.6 8.2 8.8 6 8.8 10.4C8.8 15 1.2 15 0 11.2M4.4 -2V16
        % M0 3.2A2.6 3.2 0 1 1 5.2 3.2A2.6 3.2 0 1 1 0 3.2M6.8 10.8A2.6 3.2 0 1 1 12 10.8A2.6 3.2 0 1 1 6.8 10.8M10 0L2 14
        & M10 14L2.4 4.6C.6 2.2 2 0 4 0C6.2 0 7.4 2.6 5.4 4.6L2.2 7.2C-1.2 10 .4 14 4 14C7.4 14 9.4 11.4 9.8 7.8
        ' M0 0V3.6
        ( M3 -1C-.8 4 -.8 11.6 3 16.6
        ) M0 -1C3.8 4 3.8 11.6 0 16.6
        * M3.5 0V7M.5 1.75L6.5 5.25M6.5 1.75L.5 5.25
        + M4 4.4V12.4M0 8.4H8
        , M.8 13.4V14.4L0 16.4
        - M0 9H4.4
        . M0 13.8o
        / M6 -.6L0 15.6
        : M0 5.6oM0 13.8o
        ; M.8 5.6oM.8 13.4V14.4L0 16.4
        < M7.6 4.4L0 8.4L7.6 12.4
        = M0 6.4H8M0 10.4H8
        > M0 4.4L7.6 8.4L0 12.4
        ? M.2 3.2C.6 -1 6.8 -1.2 6.8 3.2C6.8 6.4 3.4 6.2 3.4 9.8M3.4 13.8o
        ¿ M6.6 14.8C6.2 19 0 19.2 0 14.8C0 11.6 3.4 11.8 3.4 8.2M3.4 4.2o
        @ M9.6 5V10C9.6 12.6 13 12.4 13 8A6.5 7 0 1 0 9.8 14.03M9.6 8A2.8 3.1 0 1 0 4 8A2.8 3.1 0 1 0 9.6 8
        [ M3.2 -1H0V16.6H3.2
        \ M0 -.6L6 15.6
        ] M0 -1H3.2V16.6H0
        ^ M0 5.4L3.6 0L7.2 5.4
        _ M0 16.4H8
        ` M0 -.4L2 2.2
        { M4 -1C1.4 -1 1.8 1 1.8 4C1.8 6.6 1.6 7.8 0 7.8C1.6 7.8 1.8 9 1.8 11.6C1.8 14.6 1.4 16.6 4 16.6
        | M0 -2V17
        } M0 -1C2.6 -1 2.2 1 2.2 4C2.2 6.6 2.4 7.8 4 7.8C2.4 7.8 2.2 9 2.2 11.6C2.2 14.6 2.6 16.6 0 16.6
        ~ M0 9.4C1.6 6.6 3.4 7.4 4.4 8.4C5.4 9.4 7.2 10.2 8.8 7.4
        « M3.6 5.6L0 9.2L3.6 12.8M8 5.6L4.4 9.2L8 12.8
        » M0 5.6L3.6 9.2L0 12.8M4.4 5.6L8 9.2L4.4 12.8
        ‹ M3.6 5.6L0 9.2L3.6 12.8
        › M0 5.6L3.6 9.2L0 12.8
        ‘ M.9 0L0 2V3.4
        ’ M.9 0V1.4L0 3.4
        ‚ M.9 13V14.4L0 16.4
        “ M.9 0L0 2V3.4M3.9 0L3 2V3.4
        ” M.9 0V1.4L0 3.4M3.9 0V1.4L3 3.4
        „ M.9 13V14.4L0 16.4M3.9 13V14.4L3 16.4
        – M0 9H7
        — M0 9H12
        − M0 8.4H8
        … M0 13.8oM4.4 13.8oM8.8 13.8o
        · M0 8.4o
        × M.6 5L7.4 11.8M7.4 5L.6 11.8
        ° M0 2A2 2 0 1 1 4 2A2 2 0 1 1 0 2
        € M10 2.2A5.4 7 0 1 0 10 11.8M0 5.4H7.4M0 8.6H6.8
        ▁ M0 16.4H8
        → M0 8.4H11M7.6 5L11 8.4L7.6 11.8
        """;

    // The middle of a mark is at x = 0, where it meets the middle of its letter.
    private static readonly (char Mark, string Path, string Letters, string Marked)[] Marks =
    [
        ('\u0300', "M.8 1.4L-1.2 -1.2", "aeıouAEIOU", "àèìòùÀÈÌÒÙ"),
        ('\u0301', "M-.8 1.4L1.2 -1.2", "aeıouyAEIOUY", "áéíóúýÁÉÍÓÚÝ"),
        ('\u0302', "M-2.2 1.4L0 -1.2L2.2 1.4", "aeıouAEIOU", "âêîôûÂÊÎÔÛ"),
        ('\u0303', "M-2.6 .8C-1.8 -1.2 -.8 -.8 0 -.2C.8 .4 1.8 .8 2.6 -1.2", "anoANO", "ãñõÃÑÕ"),
        ('\u0308', "M-1.9 .3oM1.9 .3o", "aeıouyAEIOUY", "äëïöüÿÄËÏÖÜŸ"),
        ('\u030A', "M-1.6 0A1.6 1.6 0 1 1 1.6 0A1.6 1.6 0 1 1 -1.6 0", "auAU", "åůÅŮ"),
        ('\u030C', "M-2.2 -1.2L0 1.4L2.2 -1.2", "cenrszCENRSZ", "čěňřšžČĚŇŘŠŽ"),
        ('\u0327', "M.2 14V15.4C2.2 15.4 2.2 18.4 -1.2 17.8", "csCS", "çşÇŞ"),
    ];

    // A dot is a little wider than the pen, or periods and umlauts would be hard to see.
    private const string Dot = "m-.35 0a.35 .35 0 1 1 .7 0a.35 .35 0 1 1 -.7 0";

    private static readonly FrozenDictionary<int, string> Paths = Alphabet.Split('\n')
        .Select(line => line.Trim().Split(' ', 2))
        .ToFrozenDictionary(entry => (int)entry[0][0], entry => entry[1].Replace("o", Dot));

    private static readonly FrozenDictionary<int, (int, string?)> Marked = Marks
        .SelectMany(mark => mark.Marked.Zip(mark.Letters, (marked, letter) => (marked, letter, mark.Path)))
        .ToFrozenDictionary(entry => (int)entry.marked, entry => ((int)entry.letter, (string?)entry.Path.Replace("o", Dot)));

    /// <summary>The characters that have a skeleton.</summary>
    public static IEnumerable<int> Characters => Paths.Keys.Concat(Marked.Keys);

    /// <summary>The skeleton of a character without an accent, or null.</summary>
    public static string? Find(int character) => Paths.GetValueOrDefault(character);

    /// <summary>A character as its letter and the skeleton of its accent, if it has one.</summary>
    public static (int Letter, string? Mark) Decompose(int character) =>
        Marked.TryGetValue(character, out var parts) ? parts : (character, null);

    /// <summary>Text in which a letter and the accent after it are one character.</summary>
    /// <remarks>.NET composes by itself only where it has culture data, which this program does without.</remarks>
    public static string Compose(string text)
    {
        foreach (var (mark, _, letters, marked) in Marks.Where(mark => text.Contains(mark.Mark)))
        {
            foreach (var (letter, composed) in letters.Zip(marked))
                text = text.Replace($"{(letter == 'ı' ? 'i' : letter)}{mark}", composed.ToString());
        }
        return text;
    }
}
