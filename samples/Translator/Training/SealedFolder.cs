using System.Security.Cryptography;
using System.Text;
using Translator.Corpus;

namespace Translator.Training;

/// <summary>
/// A folder that is there whole or not at all, and of which every change is noticed: SHA256SUMS has a line for each of its files,
/// as <c>sha256sum -c</c> reads them.
/// </summary>
/// <remarks>
/// It is filled under another name, flushed to the disk, and only then given its own, which nothing has had before: that one rename is
/// all that a kill, a full disk or a power cut can fall before or after. A folder is never changed or replaced, because no system has
/// one call that puts a folder in the place of one with files in it; whoever wants a newer one gives it a newer name.
/// </remarks>
internal static class SealedFolder
{
    internal const string SumsName = "SHA256SUMS";

    /// <summary>What a folder's name begins with until it is whole.</summary>
    internal const string Unfinished = ".new-";

    /// <summary>A longer list is none.</summary>
    private const long LargestSums = 1 << 20;

    private const int SumLength = 2 * SHA256.HashSizeInBytes;
    private const string Gap = "  ";

    /// <summary>Makes the folder, with what <paramref name="fill"/> writes into the one that it is given.</summary>
    /// <param name="path">A name that nothing has, or an empty folder.</param>
    /// <param name="fill">Writes files, not folders.</param>
    internal static void Write(string path, Action<string> fill)
    {
        var target = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        var parent = Path.GetDirectoryName(target)!;
        var fresh = Path.Combine(parent, $"{Unfinished}{Guid.NewGuid():N}");
        try
        {
            Directory.CreateDirectory(fresh);
            fill(fresh);
            Seal(fresh);
            Disk.FlushFolder(fresh);
            if (Directory.Exists(target)) Directory.Delete(target); // which only an empty one can be
            Directory.Move(fresh, target);
            Disk.FlushFolder(parent);
        }
        finally
        {
            if (Directory.Exists(fresh)) Directory.Delete(fresh, recursive: true);
        }
    }

    /// <summary>Reads every file once and compares it with its checksum.</summary>
    /// <returns>The names of the files; nothing else in the folder can be trusted.</returns>
    /// <exception cref="InputException">A file is missing, changed or not listed, or the list is damaged.</exception>
    internal static IReadOnlySet<string> Verify(string path)
    {
        var sums = ReadSums(Path.Combine(path, SumsName));
        foreach (var name in Names(path))
            if (!sums.ContainsKey(name)) throw InputException.In(Path.Combine(path, name), $"is not in {SumsName}: the folder has changed since it was written");
        foreach (var (name, sum) in sums)
        {
            var file = Path.Combine(path, name);
            if (!File.Exists(file)) throw InputException.In(file, Directory.Exists(file) ? "is a folder, not a file" : "no such file");
            if (Sum(file) != sum) throw InputException.In(file, $"is damaged: it is not what {SumsName} says");
        }
        return sums.Keys.ToHashSet();
    }

    private static void Seal(string folder)
    {
        var lines = Names(folder).Order(StringComparer.Ordinal).Select(name => $"{Sum(Path.Combine(folder, name))}{Gap}{name}\n");
        File.WriteAllText(Path.Combine(folder, SumsName), string.Concat(lines));
        foreach (var file in Directory.GetFiles(folder)) Disk.FlushFile(file);
    }

    /// <summary>The files that are to be in the list; a description that somebody puts beside them is not.</summary>
    private static IEnumerable<string> Names(string folder) => Directory
        .EnumerateFiles(folder)
        .Select(file => Path.GetFileName(file))
        .Where(name => name != SumsName && !name.StartsWith('.') && !name.EndsWith(".md", StringComparison.Ordinal));

    private static string Sum(string file)
    {
        using var stream = File.OpenRead(file);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    private static Dictionary<string, string> ReadSums(string path)
    {
        var sums = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in TextLines.Plain(path, LargestSums))
        {
            var isWhole = line.Length > SumLength + Gap.Length
                && line[..SumLength].All(char.IsAsciiHexDigitLower)
                && line[SumLength..].StartsWith(Gap, StringComparison.Ordinal);
            var name = isWhole ? line[(SumLength + Gap.Length)..] : "";
            if (!isWhole || name != Path.GetFileName(name) || name is "." or ".." || !sums.TryAdd(name, line[..SumLength]))
                throw InputException.At(path, sums.Count + 1, "expected the checksum and the name of a file; the list is damaged");
        }
        return sums;
    }
}
