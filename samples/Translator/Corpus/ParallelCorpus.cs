namespace Translator.Corpus;

/// <summary>Sentence pairs from two files, of which line n of one translates line n of the other.</summary>
/// <param name="Pairs">The pairs in the files' order; neither side is blank.</param>
/// <param name="Skipped">How many pairs were left out because a side is blank.</param>
public sealed record ParallelCorpus(IReadOnlyList<SentencePair> Pairs, int Skipped)
{
    /// <summary>Reads two aligned files.</summary>
    /// <exception cref="InputException">
    /// A file cannot be read as UTF-8 text, the files differ in length, or no pair has text on both sides.
    /// </exception>
    public static ParallelCorpus Read(string sourcePath, string targetPath)
    {
        var source = TextLines.Read(sourcePath);
        var target = TextLines.Read(targetPath);
        if (source.Count != target.Count)
            throw new InputException(
                $"the files are not aligned: {sourcePath} has {Lines(source)}, {targetPath} has {Lines(target)}");

        var pairs = source.Zip(target, (left, right) => new SentencePair(left, right)).Where(HasText).ToList();
        if (pairs.Count == 0)
            throw new InputException($"{sourcePath} and {targetPath}: no line has text on both sides");
        return new ParallelCorpus(pairs, source.Count - pairs.Count);
    }

    private static bool HasText(SentencePair pair) =>
        !string.IsNullOrWhiteSpace(pair.Source) && !string.IsNullOrWhiteSpace(pair.Target);

    private static string Lines(IReadOnlyList<string> lines) => lines.Count == 1 ? "1 line" : $"{lines.Count} lines";
}
