namespace Translator.Corpus;

/// <summary>Two files of which line n of one translates line n of the other.</summary>
/// <param name="SourcePath">The sentences.</param>
/// <param name="TargetPath">Their translations.</param>
public sealed record AlignedFiles(string SourcePath, string TargetPath) : IPairFiles
{
    /// <inheritdoc/>
    public string Name => $"{SourcePath} and {TargetPath}";

    /// <inheritdoc/>
    public IEnumerable<PairLine> Scan()
    {
        using var sources = TextLines.Scan(SourcePath).GetEnumerator();
        using var targets = TextLines.Scan(TargetPath).GetEnumerator();
        for (var number = 1; ; number++)
        {
            var (hasSource, hasTarget) = (sources.MoveNext(), targets.MoveNext());
            if (hasSource && hasTarget)
                yield return Pair(sources.Current, targets.Current);
            else
            {
                if (hasSource || hasTarget)
                    yield return new PairLine(number, new("", ""), Uneven(number - 1, hasSource ? sources : null, hasTarget ? targets : null));
                yield break;
            }
        }
    }

    private PairLine Pair(TextLine source, TextLine target)
    {
        if (source.Fault is not null)
            return new PairLine(source.Number, new("", ""), InputException.At(SourcePath, source.Number, source.Fault));
        if (target.Fault is not null)
            return new PairLine(target.Number, new("", ""), InputException.At(TargetPath, target.Number, target.Fault));
        return new PairLine(source.Number, new(source.Text, target.Text));
    }

    private InputException Uneven(int common, IEnumerator<TextLine>? sources, IEnumerator<TextLine>? targets) => new(
        $"the files are not aligned: {SourcePath} has {Count(common, sources)}, {TargetPath} has {Count(common, targets)}");

    /// <summary>All lines of the file whose enumerator stands at the first line that the other file lacks.</summary>
    private static string Count(int common, IEnumerator<TextLine>? more)
    {
        var count = common;
        if (more is not null)
            for (count++; more.MoveNext();)
                count++;
        return count == 1 ? "1 line" : $"{count} lines";
    }
}
