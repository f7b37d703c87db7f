namespace Translator.Corpus;

/// <summary>Sentence pairs, as they are read to be worked with.</summary>
/// <param name="Pairs">The pairs in the files' order; neither side is blank.</param>
/// <param name="Skipped">How many pairs were left out because a side is blank.</param>
public sealed record ParallelCorpus(IReadOnlyList<SentencePair> Pairs, int Skipped)
{
    /// <summary>Reads two aligned files.</summary>
    /// <exception cref="InputException">
    /// A file cannot be read as UTF-8 text, the files differ in length, or no pair has text on both sides.
    /// </exception>
    public static ParallelCorpus Read(string sourcePath, string targetPath) => Read(new AlignedFiles(sourcePath, targetPath));

    /// <summary>Reads pairs from wherever they are.</summary>
    /// <exception cref="InputException">A line is no pair of texts, or no pair has text on both sides.</exception>
    public static ParallelCorpus Read(IPairFiles files)
    {
        ArgumentNullException.ThrowIfNull(files);
        var pairs = new List<SentencePair>();
        var skipped = 0;
        foreach (var line in files.Scan())
        {
            if (line.Sound.HasText)
                pairs.Add(line.Pair);
            else
                skipped++;
        }
        return pairs.Count > 0
            ? new ParallelCorpus(pairs, skipped)
            : throw new InputException($"{files.Name}: no line has text on both sides");
    }
}
