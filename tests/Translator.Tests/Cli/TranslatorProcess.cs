using System.Diagnostics;

namespace Translator.Tests.Cli;

/// <summary>
/// The translator in a process of its own, which is ended in the middle of its work: after so many changes in its output folder. Most of
/// them are made while it saves, so that is where it is mostly hit.
/// </summary>
internal sealed class TranslatorProcess : IDisposable
{
    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "Translator.exe" : "Translator");

    private readonly Process process;
    private readonly Task<string> error;

    private TranslatorProcess(ProcessStartInfo start)
    {
        // Threads that wait by spinning, which is what OpenMP does, take minutes for seconds on a machine that is busy with other tests.
        start.Environment["OMP_WAIT_POLICY"] = "PASSIVE";
        (start.RedirectStandardOutput, start.RedirectStandardError, start.RedirectStandardInput) = (true, true, true);
        process = Process.Start(start)!;
        _ = process.StandardOutput.ReadToEndAsync();
        error = process.StandardError.ReadToEndAsync();
    }

    public void Dispose() => process.Dispose();

    /// <summary>Runs to the end, in files no longer than <paramref name="limit"/> kilobytes if there is one.</summary>
    internal static (int Code, string Error) Run(string[] arguments, int? limit = null)
    {
        var start = new ProcessStartInfo(Program, arguments);
        if (limit is { } kilobytes)
        {
            // The signal would end the process; ignored, the call fails as on a full disk. The runtime's own memory is a file of that kind.
            start = new ProcessStartInfo("bash", ["-c", $"trap '' XFSZ; ulimit -f {kilobytes}; exec \"$@\"", "bash", Program, .. arguments]);
            start.Environment["DOTNET_EnableWriteXorExecute"] = "0";
        }
        using var run = new TranslatorProcess(start);
        return run.End();
    }

    /// <summary>Runs until its folder has changed so many times and then calls <paramref name="end"/>, or to its own end before that.</summary>
    internal static (int Code, string Error) Interrupt(string[] arguments, string folder, int changes, Action<Process> end)
    {
        Directory.CreateDirectory(folder);
        var reached = new TaskCompletionSource();
        using var watcher = new FileSystemWatcher(folder) { IncludeSubdirectories = true };
        FileSystemEventHandler count = (_, _) =>
        {
            if (Interlocked.Decrement(ref changes) == 0) reached.SetResult();
        };
        watcher.Created += count;
        watcher.Deleted += count;
        watcher.Renamed += (sender, change) => count(sender, change);
        watcher.EnableRaisingEvents = true;

        using var run = new TranslatorProcess(Listening(arguments));
        if (Task.WaitAny(reached.Task, run.process.WaitForExitAsync()) == 0) end(run.process);
        return run.End();
    }

    /// <summary>Hears Ctrl+C also where the tests run in a shell's background, whose processes inherit that they ignore it.</summary>
    private static ProcessStartInfo Listening(string[] arguments) => OperatingSystem.IsLinux()
        ? new ProcessStartInfo("env", ["--default-signal=INT", Program, .. arguments])
        : new ProcessStartInfo(Program, arguments);

    /// <summary>A note, such as of a CPU without bfloat16, is no error.</summary>
    private (int Code, string Error) End()
    {
        process.WaitForExit();
        return (process.ExitCode, string.Concat(error.Result.Split('\n').Where(line => line.Length > 0 && !line.StartsWith("note: ")).Select(line => line + "\n")));
    }
}
