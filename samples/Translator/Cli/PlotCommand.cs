using System.CommandLine;
using Translator.Corpus;
using Translator.Plots;
using Translator.Training;

namespace Translator.Cli;

/// <summary>plot: the learning curves of trainings, as a picture.</summary>
internal static class PlotCommand
{
    internal static Command Create()
    {
        var runs = new Argument<string[]>("run") { Description = "Folders that training wrote, or logs; the picture names each by its folder.", Arity = ArgumentArity.OneOrMore };
        var output = new Option<string>("--output") { Description = "The picture, a .png or an .svg.", DefaultValueFactory = _ => TrainingLog.PictureName + ".png", HelpName = "FILE" };
        var over = new Option<CurveAxis>("--over") { Description = "What the curves go along." };
        output.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is { } path && !IsPng(path) && !IsSvg(path)) result.AddError("--output must end in .png or .svg");
        });
        var command = new Command("plot", "Draws learning curves from the logs of trainings: losses, and BLEU where it was measured.") { runs, output, over };
        command.SetAction(parsed => Run(parsed.GetValue(runs)!, parsed.GetValue(output)!, parsed.GetValue(over)));
        return command;
    }

    private static void Run(string[] runs, string output, CurveAxis over)
    {
        foreach (var path in (string[])[.. runs, output]) PathName.Require(path);
        var curve = new LearningCurve([.. runs.Select(run => (Label(run), TrainingLog.Read(Log(run))))], over);
        if (IsPng(output)) curve.SavePng(output);
        else curve.SaveSvg(output);
        Console.WriteLine($"the learning curves are in {output}");
    }

    private static string Log(string run) => Directory.Exists(run) ? Path.Combine(run, TrainingLog.Name) : run;

    private static string Label(string run)
    {
        var log = Path.GetFullPath(Log(run));
        return Path.GetFileName(log) == TrainingLog.Name ? Path.GetFileName(Path.GetDirectoryName(log))! : Path.GetFileNameWithoutExtension(log);
    }

    private static bool IsPng(string path) => path.EndsWith(".png", StringComparison.OrdinalIgnoreCase);

    private static bool IsSvg(string path) => path.EndsWith(".svg", StringComparison.OrdinalIgnoreCase);
}
