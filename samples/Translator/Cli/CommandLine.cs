using System.CommandLine;
using Translator.Corpus;

namespace Translator.Cli;

/// <summary>The sample's commands. Exit codes: 0 done, 1 bad input, 2 bad usage, 130 stopped by Ctrl+C.</summary>
internal static class CommandLine
{
    internal const int BadInput = 1;
    internal const int BadUsage = 2;
    internal const int Interrupted = 130;

    internal static int Run(string[] arguments)
    {
        var demo = DemoCommand.Create();
        var root = new RootCommand("Trains and uses an attention-based translator. Without a command it runs the demo.")
        {
            demo, ValidateCommand.Create(), TrainCommand.Create(), ResumeCommand.Create(), InfoCommand.Create(), TranslateCommand.Create(),
            EvaluateCommand.Create(), AlignCommand.Create(), CompareCommand.Create(), AverageCommand.Create(), MakeToyCommand.Create(),
            PlotCommand.Create(),
        };
        var config = new ConfigFile(root);
        try
        {
            var parsed = root.Parse(arguments.Length == 0 ? [demo.Name] : config.Expand(arguments));
            if (parsed.Errors.Count > 0)
            {
                // An unknown word explains the missing ones.
                var what = parsed.UnmatchedTokens is [var unknown, ..] ? $"unknown command or option '{unknown}'" : parsed.Errors[0].Message;
                Console.Error.WriteLine($"error: {OneLine(what)} (--help lists what there is)");
                return BadUsage;
            }
            // Ctrl+C is the commands' own matter: saving may take longer than a parser would wait.
            return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
        }
        catch (Exception error) when (error is InputException or IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"error: {OneLine(error.Message)}");
            return BadInput;
        }
        catch (OperationCanceledException)
        {
            return Interrupted;
        }
    }

    private static string OneLine(string message) => message.ReplaceLineEndings(" ").Replace('\t', ' ').Trim();
}
