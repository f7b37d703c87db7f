using System.CommandLine;
using System.Globalization;
using Translator.Text;
using Translator.Training;

namespace Translator.Cli;

/// <summary>info: what a checkpoint or a training is.</summary>
internal static class InfoCommand
{
    private static readonly CultureInfo Invariant = CultureInfo.InvariantCulture;

    internal static Command Create()
    {
        var folder = new Argument<string>("folder") { Description = "A model, or the folder that training wrote.", HelpName = "DIR" };
        var command = new Command("info", "Says what a model is, how it was trained and whether its files are whole.") { folder };
        command.SetAction(parsed => Run(parsed.GetValue(folder)!));
        return command;
    }

    private static int Run(string folder)
    {
        var newest = TrainingFolder.Newest(folder);
        var checkpoint = newest ?? Checkpoint.Find(folder);
        var names = Checkpoint.RequireFiles(checkpoint);
        Show(DescribeModel(checkpoint));
        if (names.Contains(TrainingRecord.Name)) Show(DescribeTraining(TrainingRecord.Read(checkpoint)));
        if (newest is not null) Show([("best model", TrainingFolder.Best(folder) ?? "none yet"), .. TrainingFolder.States(folder).Select(state => ("state", state))]);
        Show(names.Order(StringComparer.Ordinal).Select(name => (name, Size(Path.Combine(checkpoint, name)))));
        return 0;
    }

    private static IEnumerable<(string, string)> DescribeModel(string checkpoint)
    {
        var config = CheckpointConfig.Read(checkpoint);
        var (source, target) = Checkpoint.ReadText(checkpoint);
        return
        [
            ("checkpoint", checkpoint),
            ("model", config.Model.Describe()),
            ("weights", Checkpoint.CountWeights(checkpoint).ToString("N0", Invariant)),
            ("source", Describe(source)),
            ("target", Describe(target)),
            ("written by", $"version {config.WrittenBy}, format {config.Format}"),
        ];
    }

    private static IEnumerable<(string, string)> DescribeTraining(TrainingRecord record)
    {
        var (options, progress) = (record.Options, record.Progress);
        var bleu = options.BestBy == Criterion.Bleu && progress.BestScore >= 0 ? string.Create(Invariant, $"BLEU {progress.BestScore:F2}, ") : "";
        var limits = new[]
        {
            options.Epochs == TrainingOptions.NoLimit ? null : $"{options.Epochs} epochs", options.Steps is { } steps ? $"{steps:N0} steps" : null,
            options.Minutes is { } minutes ? string.Create(Invariant, $"{minutes} minutes") : null,
        };
        return
        [
            ("trained", string.Create(Invariant, $"{progress.Step:N0} steps, {progress.Tokens:N0} tokens, {TrainingDisplay.Clock(progress.Elapsed)}; in epoch {progress.Epoch}")),
            ("until", string.Join(" or ", limits.OfType<string>()) is { Length: > 0 } until ? until : "it is stopped"),
            ("best so far", progress.BestLoss is { } loss ? string.Create(Invariant, $"{bleu}loss {loss:F3} on validation") : "nothing yet"),
            ("data", $"{record.Data.Training.Open().Name}; validation {record.Data.Validation.Open().Name}"),
            ("computed by", $"{record.Computing.Threads} threads, matrix products at {record.Computing.MatmulPrecision}"),
        ];
    }

    private static string Describe(TextCodec codec) => string.Create(
        Invariant,
        $"{codec.Count:N0} tokens, {codec.Options.Tokenization.ToString().ToLowerInvariant()}s{(codec.Options.LowerCase ? ", lower-cased" : "")}{(codec.Options.Nfkc ? ", NFKC" : "")}");

    private static string Size(string path) => $"{new FileInfo(path).Length.ToString("N0", Invariant)} bytes";

    private static void Show(IEnumerable<(string Name, string Value)> lines)
    {
        foreach (var (name, value) in lines) Console.WriteLine($"{name,-22} {value}");
    }
}
