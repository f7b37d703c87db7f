using System.Diagnostics;
using System.Globalization;
using Spectre.Console;
using Translator.Training;

namespace Translator.Cli;

/// <summary>Shows a training: a live bar on a terminal, a line now and then elsewhere.</summary>
internal static class TrainingDisplay
{
    private static readonly TimeSpan BetweenLines = TimeSpan.FromSeconds(10);

    /// <summary>Runs <paramref name="train"/> and shows the events that <paramref name="trainer"/> raises meanwhile.</summary>
    internal static void Show(Trainer trainer, Action train)
    {
        trainer.EpochTrained += epoch =>
        {
            AnsiConsole.WriteLine(Describe(epoch));
            ShowExamples(epoch.Translations);
        };
        if (AnsiConsole.Profile.Capabilities.Interactive && !Console.IsOutputRedirected) ShowBar(trainer, train);
        else ShowLines(trainer, train);
    }

    private static void ShowBar(Trainer trainer, Action train) => AnsiConsole
        .Progress()
        .AutoRefresh(true)
        .Columns(new ProgressBarColumn { Width = 30 }, new PercentageColumn(), new TaskDescriptionColumn { Alignment = Justify.Left })
        .Start(context =>
        {
            var bar = context.AddTask("the first batch is on its way", maxValue: 1);
            trainer.BatchTrained += batch =>
            {
                bar.Value = batch.Fraction;
                bar.Description = Describe(batch);
            };
            train();
            bar.StopTask();
        });

    private static void ShowLines(Trainer trainer, Action train)
    {
        var sinceLine = Stopwatch.StartNew();
        trainer.BatchTrained += batch =>
        {
            if (sinceLine.Elapsed < BetweenLines) return;
            sinceLine.Restart();
            Console.WriteLine($"{batch.Fraction.ToString("P0", CultureInfo.InvariantCulture)}  {Describe(batch)}");
        };
        train();
    }

    private static string Describe(BatchTrained batch)
    {
        // Without a limit in epochs there is no number to count towards.
        var epochs = batch.Epochs == TrainingOptions.NoLimit ? "" : $"/{batch.Epochs}";
        return string.Create(CultureInfo.InvariantCulture,
            $"epoch {batch.Epoch}{epochs}  batch {batch.Batch}/{batch.Batches}  loss {batch.Loss:F3}  {batch.TokensPerSecond:N0} tokens/s  {Clock(batch.TimeLeft)} left");
    }

    private static string Describe(EpochTrained epoch) => string.Create(CultureInfo.InvariantCulture,
        $"epoch {epoch.Epoch}: loss {epoch.TrainingLoss:F3}, on validation {epoch.ValidationLoss:F3}{Bleu(epoch.Translations)}{(epoch.IsBest ? " (best)" : "")}{(epoch.IsStopped ? " (stopped)" : "")}, {epoch.TokensPerSecond:N0} tokens/s, {Clock(epoch.Elapsed)}");

    private static string Bleu(ValidationTranslations? translations) =>
        translations?.Bleu is { } bleu ? string.Create(CultureInfo.InvariantCulture, $", BLEU {bleu:F1}") : "";

    private static void ShowExamples(ValidationTranslations? translations)
    {
        foreach (var example in translations?.Examples ?? [])
            AnsiConsole.WriteLine($"  {example.Source}\n    → {example.Translation}\n    = {example.Reference}");
    }

    /// <summary>Minutes and seconds, after the hours where there are any.</summary>
    internal static string Clock(TimeSpan time) => string.Create(
        CultureInfo.InvariantCulture, $"{(time.TotalHours >= 1 ? $"{(int)time.TotalHours}:" : "")}{time:mm\\:ss}");
}
