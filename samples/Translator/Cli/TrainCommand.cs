using System.CommandLine;
using Translator.Training;

namespace Translator.Cli;

/// <summary>train: a checkpoint from parallel text files.</summary>
internal static class TrainCommand
{
    internal static Command Create()
    {
        var command = new Command("train", "Trains a translator on parallel text. Ctrl+C stops it; resume goes on.");
        var training = new PairOptions(command, "--train-source", "--train-target", "--train-tsv", "to train on");
        var validation = new PairOptions(command, "--valid-source", "--valid-target", "--valid-tsv", "to choose the best epoch by");
        var output = new Option<string>("--output") { Description = "The folder to write.", Required = true, HelpName = "DIR" };
        var overwrite = new Option<bool>("--overwrite") { Description = "Replace the training that is in the folder." };
        var shape = new ShapeOptions(command);
        var learning = new LearningOptions(command);
        var guide = new Option<string?>("--guided-alignment") { Description = "Links of the words to train on, a line of i-j for every pair: the attention learns to look there.", HelpName = "FILE" };
        foreach (var option in (Option[])[output, overwrite, guide]) command.Add(option);
        var text = new CodecOptions(command, result => shape.Standard(result).Text);
        var filter = new FilterOptions(command, text);
        var saving = new SavingOptions(command);
        var tensorBoard = Options.TensorBoard();
        command.Add(tensorBoard);
        var session = new Session(command);
        command.SetAction(parsed =>
        {
            var computing = session.Start(parsed);
            var (pairs, model) = (training.Paths(parsed), shape.Model(parsed));
            if (parsed.GetValue(guide) is { } links) (pairs, model) = (pairs with { Links = links }, model.Guided());
            return Run(
                new Lesson(
                    filter.Data(parsed, pairs, validation.Paths(parsed)),
                    text.Learner(parsed),
                    model,
                    learning.Training(parsed, shape.Standard(parsed.CommandResult).Training),
                    saving.Saving(parsed), computing)
                {
                    Events = parsed.GetValue(tensorBoard),
                },
                parsed.GetValue(output)!, parsed.GetValue(overwrite));
        });
        return command;
    }

    private static int Run(Lesson lesson, string output, bool overwrite)
    {
        using var interrupt = new Interrupt();
        using var model = lesson.Train(output, overwrite, interrupt.Token).Model;
        return TrainingRun.Report(output, interrupt);
    }
}
