using System.Globalization;
using System.Text.RegularExpressions;
using Translator.Corpus;

namespace Translator.Training;

/// <summary>
/// The folder of a training: its last states as <c>step-0000123</c> (within an epoch) and <c>step-0000150-epoch-003</c> (after it),
/// and the model of the best epoch as <c>best-0000150</c>. The highest number counts. The <see cref="TrainingLog"/> is beside them.
/// </summary>
/// <remarks>
/// <para>
/// Each is a <see cref="SealedFolder"/>, under a name that is never used for anything else. A kill between any two calls of the system
/// therefore leaves the old newest or the new one, and beside it at most what nobody looks at: one too many, an unfinished
/// <c>.new-…</c>, a half removed <c>.old-…</c>. Whoever opens the folder next clears that away. What a training does is decided by where it
/// started, so a name that is there already has the content that it would be given again, and is left as it is.
/// </para>
/// <para>
/// A state is written before the best model of the same moment. A kill between the two leaves a state that says of itself that it is the
/// best: the resumed training writes that model from it.
/// </para>
/// </remarks>
public sealed partial class TrainingFolder : IDisposable
{
    private const string BestPrefix = "best-";
    private const string Removed = ".old-";
    private const string LockName = ".lock";

    private readonly FileStream guard;

    private TrainingFolder(string folder)
    {
        Folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        Directory.CreateDirectory(Folder);
        // Two trainings that write into one folder would remove each other's states. The system ends the lock with the process.
        guard = new FileStream(Path.Combine(Folder, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        Tidy();
    }

    /// <summary>Its whole path.</summary>
    public string Folder { get; }

    /// <summary>Says early, before hours of training, that a folder cannot be written to.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="overwrite">Whether a training that is in it may be replaced.</param>
    /// <exception cref="InputException">It is a file or no name, or has a training or something else in it.</exception>
    /// <exception cref="IOException">The system refuses.</exception>
    public static void RequireWritable(string folder, bool overwrite)
    {
        PathName.Require(folder);
        if (File.Exists(folder)) throw InputException.In(folder, "is a file; the output is a folder");
        foreach (var name in Directory.Exists(folder) ? Directory.GetFileSystemEntries(folder).Select(path => Path.GetFileName(path)) : [])
        {
            if (!IsOwn(name)) throw InputException.In(folder, $"has something else in it ({name}); name a new or empty folder");
            if (!overwrite && (StateName().IsMatch(name) || BestName().IsMatch(name)))
                throw InputException.In(folder, "holds a training already: continue it with resume, replace it with --overwrite, or name another folder");
        }
        Probe(folder);
    }

    /// <summary>Opens a folder for a training from the start. What another one left in it stays till <see cref="Empty"/>.</summary>
    public static TrainingFolder Create(string folder, bool overwrite)
    {
        RequireWritable(folder, overwrite);
        return new TrainingFolder(folder);
    }

    /// <summary>Removes the training that is in it.</summary>
    public void Empty()
    {
        // The oldest first, so that until the last is gone the former training can still be resumed.
        foreach (var old in States(Folder).Reverse().Concat(Bests(Folder))) Remove(old);
    }

    /// <summary>Opens the folder of a training that is to go on.</summary>
    /// <exception cref="InputException">There is no state of a training in it.</exception>
    public static TrainingFolder Open(string folder)
    {
        if (Newest(folder) is null) throw InputException.In(folder, Directory.Exists(folder) ? "has no training to resume in it" : "no such folder");
        return new TrainingFolder(folder);
    }

    /// <summary>The states that are kept, the newest first.</summary>
    public static IReadOnlyList<string> States(string folder) => Named(folder, StateName());

    /// <summary>Those of them in which something is learnt: what a training begins with is random.</summary>
    public static IReadOnlyList<string> LearntStates(string folder) =>
        [.. States(folder).Where(path => Number(StateName().Match(Path.GetFileName(path)).Groups["step"]) > 0)];

    /// <summary>The newest state, or null.</summary>
    public static string? Newest(string folder) => States(folder) is [var newest, ..] ? newest : null;

    /// <summary>The best model so far, or null.</summary>
    public static string? Best(string folder) => Bests(folder) is [var best, ..] ? best : null;

    /// <summary>Writes a state, and then removes all but the newest.</summary>
    /// <param name="step">How many steps were made.</param>
    /// <param name="epoch">The epoch that is over with that step; null within one.</param>
    /// <param name="fill">Writes the files.</param>
    /// <param name="keep">How many states stay.</param>
    internal void SaveState(long step, int? epoch, Action<string> fill, int keep)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"step-{step:D7}{(epoch is { } over ? $"-epoch-{over:D3}" : "")}");
        Save(name, fill);
        foreach (var old in States(Folder).Skip(keep)) Remove(old);
    }

    /// <summary>Writes the best model, and then removes the one before.</summary>
    internal void SaveBest(long step, Action<string> fill)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"{BestPrefix}{step:D7}");
        Save(name, fill);
        foreach (var old in Bests(Folder).Where(best => Path.GetFileName(best) != name)) Remove(old);
    }

    /// <summary>Lets others write.</summary>
    public void Dispose() => guard.Dispose();

    private void Save(string name, Action<string> fill)
    {
        var path = Path.Combine(Folder, name);
        if (!Directory.Exists(path)) SealedFolder.Write(path, fill);
    }

    private void Tidy()
    {
        foreach (var left in Directory.GetDirectories(Folder).Where(path => IsLeftover(Path.GetFileName(path))))
            Directory.Delete(left, recursive: true);
    }

    /// <summary>Under another name first, because a folder goes file by file.</summary>
    private static void Remove(string path)
    {
        var gone = Path.Combine(Path.GetDirectoryName(path)!, $"{Removed}{Guid.NewGuid():N}");
        Directory.Move(path, gone);
        Directory.Delete(gone, recursive: true);
    }

    /// <summary>Makes a folder there and removes it again.</summary>
    private static void Probe(string folder)
    {
        var probe = Directory.Exists(folder) ? Path.Combine(folder, $"{SealedFolder.Unfinished}{Guid.NewGuid():N}") : folder;
        Directory.CreateDirectory(probe);
        Directory.Delete(probe);
    }

    private static IReadOnlyList<string> Bests(string folder) => Named(folder, BestName());

    /// <summary>The folders of such names, the highest number first.</summary>
    private static IReadOnlyList<string> Named(string folder, Regex form) => !Directory.Exists(folder)
        ? []
        : [.. Directory.GetDirectories(folder)
            .Select(path => (Path: path, Match: form.Match(Path.GetFileName(path))))
            .Where(item => item.Match.Success)
            .OrderByDescending(item => Number(item.Match.Groups["step"]))
            .ThenByDescending(item => Number(item.Match.Groups["epoch"]))
            .Select(item => item.Path)];

    private static long Number(Group digits) => digits.Success ? long.Parse(digits.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture) : 0;

    private static bool IsOwn(string name) => StateName().IsMatch(name) || BestName().IsMatch(name) || IsLeftover(name) || name is LockName or TrainingLog.Name
        || Path.GetFileNameWithoutExtension(name) == TrainingLog.PictureName;

    private static bool IsLeftover(string name) =>
        name.StartsWith(SealedFolder.Unfinished, StringComparison.Ordinal) || name.StartsWith(Removed, StringComparison.Ordinal);

    [GeneratedRegex("^step-(?<step>[0-9]{7,18})(-epoch-(?<epoch>[0-9]{3,9}))?$")]
    private static partial Regex StateName();

    [GeneratedRegex("^best-(?<step>[0-9]{7,18})$")]
    private static partial Regex BestName();
}
