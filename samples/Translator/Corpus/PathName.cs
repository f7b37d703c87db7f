namespace Translator.Corpus;

/// <summary>The name of a file or folder, as a user or a file gave it.</summary>
internal static class PathName
{
    /// <summary>Why nothing can have the name, in a line, or null if something can: the system's own calls fail for it as for a mistake of the program.</summary>
    internal static string? Fault(string path) =>
        path.Length == 0 ? "the name of a file or folder is empty"
        : path.Contains('\0') ? "the name of a file or folder has a zero character in it"
        : null;

    /// <summary>Refuses such a name.</summary>
    internal static void Require(string path)
    {
        if (Fault(path) is { } fault) throw new InputException(fault);
    }
}
