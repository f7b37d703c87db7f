namespace Translator.Corpus;

/// <summary>Where sentence pairs are: in two aligned files, or in one with tabs.</summary>
/// <param name="Source">The file of the source sentences, or of both.</param>
/// <param name="Target">The file of the target sentences; null where the other one has both.</param>
/// <param name="Links">The file of the links between their words, if there is one.</param>
public sealed record PairPaths(string Source, string? Target, string? Links = null)
{
    /// <summary>The pairs in the files, without links.</summary>
    public IPairFiles Open() => Target is null ? new TabFile(Source) : new AlignedFiles(Source, Target);

    /// <summary>The same files by their whole paths, so that they are found from anywhere.</summary>
    public PairPaths Whole() => new(Path.GetFullPath(Source), Whole(Target), Whole(Links));

    /// <summary>Why they cannot be, in a line, or null if they can.</summary>
    internal string? Fault() => new[] { Source, Target, Links }.OfType<string>().Select(PathName.Fault).FirstOrDefault(fault => fault is not null);

    private static string? Whole(string? path) => path is null ? null : Path.GetFullPath(path);
}
