using System.Diagnostics;
using Xunit;

namespace TorchAttention.Tests.Support;

/// <summary>A test in a process of its own, for what a process settles once.</summary>
internal static class OwnProcess
{
    /// <summary>Runs a test to its end; it must pass there.</summary>
    /// <returns>What the process writes.</returns>
    internal static async Task<string> Run(Type tests, string test, IEnumerable<KeyValuePair<string, string>> environment)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet") start.ArgumentList.Add(tests.Assembly.Location);
        foreach (var argument in new[] { "-method", $"*{tests.Name}.{test}" }) start.ArgumentList.Add(argument);
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var child = Process.Start(start)!;
        var output = await child.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await child.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(child.ExitCode == 0 && output.Contains("Total: 1,", StringComparison.Ordinal), output);
        return output;
    }
}
