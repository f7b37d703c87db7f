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
    /// <param name="files">The files.</param>
    /// <param name="judge">Why a pair cannot be worked with, or null if it can.</param>
    /// <exception cref="InputException">A line is no pair of texts, or is judged to be none, or no pair has text on both sides.</exception>
    public static ParallelCorpus Read(IPairFiles files, Func<SentencePair, string?>? judge = null)
    {
        ArgumentNullException.ThrowIfNull(files);
        var pairs = new List<SentencePair>();
        var skipped = 0;
        foreach (var line in files.Scan())
        {
            if (!line.Sound.HasText)
                skipped++;
            else if (judge?.Invoke(line.Pair) is { } fault)
                throw InputException.At(files.Name, line.Number, fault);
            else
                pairs.Add(line.Pair);
        }
        return pairs.Count > 0
            ? new ParallelCorpus(pairs, skipped)
            : throw new InputException($"{files.Name}: no line has text on both sides");
    }
}
