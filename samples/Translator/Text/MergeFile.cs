using System.Text;
using Translator.Corpus;

namespace Translator.Text;

/// <summary>Merges as a file: UTF-8, one a line in the order in which they apply, the two pieces separated by a space.</summary>
internal static class MergeFile
{
    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="InputException">The file breaks the format; the message names the line.</exception>
    public static IReadOnlyList<Merge> Read(string path)
    {
        var merges = new List<Merge>();
        var known = new HashSet<string>(StringComparer.Ordinal);
        var seen = new HashSet<Merge>();
        // A text without two letters that meet twice makes no merges.
        foreach (var line in TextLines.Plain(path, VocabularyFile.Largest))
        {
            var number = merges.Count + 1;
            if (line.Split(' ') is not [{ Length: > 0 } left, { Length: > 0 } right])
                throw InputException.At(path, number, "expected two pieces with a space between");
            foreach (var piece in (string[])[left, right])
                if (!IsCharacter(piece) && !known.Contains(piece))
                    throw InputException.At(path, number, $"no line above makes '{piece}'");
            if (!seen.Add(new Merge(left, right)))
                throw InputException.At(path, number, $"'{line}' stands above already");
            merges.Add(new Merge(left, right));
            known.Add(left + right);
        }
        return merges;
    }

    /// <summary>Writes the file whole or not at all.</summary>
    public static void Write(string path, IEnumerable<Merge> merges) =>
        VocabularyFile.Write(path, [.. merges.Select(merge => $"{merge.Left} {merge.Right}")]);

    private static bool IsCharacter(string piece) => Rune.GetRuneAt(piece, 0).Utf16SequenceLength == piece.Length;
}
