namespace Translator.Corpus;

/// <summary>A file with a pair a line, <c>source TAB target</c>; what stands behind a second tab is left alone.</summary>
/// <remarks>Tatoeba and Anki export sentence pairs in this form, with the licence as the third column. A blank line is a blank pair.</remarks>
/// <param name="Path">The file.</param>
public sealed record TabFile(string Path) : IPairFiles
{
    /// <inheritdoc/>
    public string Name => Path;

    /// <inheritdoc/>
    public IEnumerable<PairLine> Scan() => TextLines.Scan(Path).Select(Cut);

    private PairLine Cut(TextLine line)
    {
        if (line.Fault is not null)
            return Faulty(line.Number, line.Fault);
        if (string.IsNullOrWhiteSpace(line.Text))
            return new PairLine(line.Number, new("", ""));
        var columns = line.Text.Split('\t', 3);
        return columns.Length == 1
            ? Faulty(line.Number, "expected 'source TAB target', found no tab")
            : new PairLine(line.Number, new(columns[0], columns[1]));
    }

    private PairLine Faulty(int number, string fault) => new(number, new("", ""), InputException.At(Path, number, fault));
}
