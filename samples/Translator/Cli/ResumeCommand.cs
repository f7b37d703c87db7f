using System.CommandLine;
using System.Globalization;
using Translator.Corpus;
using Translator.Training;

namespace Translator.Cli;

/// <summary>resume: a training goes on where it was stopped, killed or switched off.</summary>
internal static class ResumeCommand
{
    internal static Command Create()
    {
        var folder = new Argument<string>("folder") { Description = "The folder that training wrote.", HelpName = "DIR" };
        var tensorBoard = Options.TensorBoard();
        var command = new Command(
            "resume", "Goes on with a training from its last state, with its own options and data: to the same weights as if it had never stopped. "
            + "A limit that is given takes the place of its own.") { folder, tensorBoard };
        var limits = new LimitOptions(command);
        var keep = Options.Positive<int>("--keep", "How many of the newest states stay from now on, for their average.");
        command.Add(keep);
        command.SetAction(parsed => Run(parsed.GetValue(folder)!, parsed.GetValue(tensorBoard), record => record with
        {
            Options = limits.Limited(parsed, record.Options),
            Saving = record.Saving with { Keep = parsed.GetValue(keep) ?? record.Saving.Keep },
        }));
        return command;
    }

    private static int Run(string folder, string? events, Func<TrainingRecord, TrainingRecord> changed)
    {
        using var states = TrainingFolder.Open(folder);
        var newest = TrainingFolder.Newest(folder)!;
        using var interrupt = new Interrupt();
        var state = TrainingState.Read(newest);
        using var model = state.Checkpoint.Model;
        var record = changed(state.Record);
        Session.Start(record.Computing);
        var text = TrainingReader.Read(record.Data, state.Checkpoint.Source.Options, state.Checkpoint.Target.Options);
        if (text.Checksum() != record.DataSum)
            throw InputException.In(
                record.Data.Training.Open().Name, $"this training began with other sentences, here or in {record.Data.Validation.Open().Name}; start a new one");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"goes on after {record.Progress.Step:N0} steps, in epoch {record.Progress.Epoch}, from {newest}"));
        using var best = new TrainingRun(states, state.Checkpoint, record, text) { Events = events }.Go(interrupt.Token, state).Model;
        return TrainingRun.Report(folder, interrupt);
    }
}
