using Translator.Corpus;

namespace Translator.Cli;

/// <summary>Files that commands write their results to.</summary>
internal static class OutputFile
{
    /// <summary>Creates a file, in the place of one that is there, but never of one that is still to be read.</summary>
    /// <exception cref="InputException">It is one of the inputs, a folder, or no name.</exception>
    internal static FileStream Create(string path, params IEnumerable<string?> inputs)
    {
        PathName.Require(path);
        if (inputs.Any(input => input is not null && Real(input) == Real(path))) throw InputException.In(path, "is read from; name another file to write to");
        if (Directory.Exists(path)) throw InputException.In(path, "a folder, not a file");
        return File.Create(path);
    }

    private static string Real(string path) =>
        File.Exists(path) && File.ResolveLinkTarget(path, returnFinalTarget: true) is { } target ? target.FullName : Path.GetFullPath(path);
}
