using System.Globalization;
using Translator.Corpus;
using Translator.Text;

namespace Translator.Evaluation;

/// <summary>Word alignments as text, a sentence pair a line: <c>0-0 1-2 2-1</c>, source before target, from 0.</summary>
/// <remarks>In a gold file a possible link is written with a question mark, <c>1?2</c>. A blank line has no link.</remarks>
public static class PharaohLinks
{
    /// <summary>The links of a line in the order written.</summary>
    /// <param name="line">The text.</param>
    /// <param name="path">Where it is from, for the message.</param>
    /// <param name="number">Its number in the file, from 1, for the message.</param>
    /// <exception cref="InputException">A word of the line is no link.</exception>
    public static IReadOnlyList<AlignmentLink> Parse(string line, string path, int number) =>
        [.. WhitespaceTokenizer.Split(line).Select(word => Link(word, '-')
            ?? throw InputException.At(path, number, $"'{word}' is not a link i-j of two positions from 0"))];

    /// <summary>The sure links <c>i-j</c> and the possible links <c>i?j</c> of a line.</summary>
    /// <exception cref="InputException">A word of the line is neither.</exception>
    public static GoldAlignment ParseGold(string line, string path, int number)
    {
        var words = WhitespaceTokenizer.Split(line).ToLookup(word => word.Contains('?'));
        var possible = words[true].Select(word => Link(word, '?')
            ?? throw InputException.At(path, number, $"'{word}' is not a link i-j or i?j of two positions from 0"));
        return new GoldAlignment(Parse(WhitespaceTokenizer.Join(words[false]), path, number), possible);
    }

    /// <summary>The alignments of a file.</summary>
    /// <exception cref="InputException">The file cannot be read, or a line has something else.</exception>
    public static IReadOnlyList<IReadOnlyList<AlignmentLink>> Read(string path) =>
        [.. TextLines.Read(path).Select((line, at) => Parse(line, path, at + 1))];

    /// <summary>The alignments of a gold file.</summary>
    /// <exception cref="InputException">The file cannot be read, or a line has something else.</exception>
    public static IReadOnlyList<GoldAlignment> ReadGold(string path) =>
        [.. TextLines.Read(path).Select((line, at) => ParseGold(line, path, at + 1))];

    /// <summary>The links as a line, sorted.</summary>
    public static string Format(IEnumerable<AlignmentLink> links) => string.Join(' ', links.Order());

    private static AlignmentLink? Link(string word, char separator) =>
        word.Split(separator) is [var source, var target] && Position(source) is { } i && Position(target) is { } j
            ? new AlignmentLink(i, j)
            : null;

    // No sign and no space: "-1-2" and "+1-2" are slips of whoever wrote the file.
    private static int? Position(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var position) ? position : null;
}
