using System.CommandLine;
using TorchAttention.Benchmarks;
using TorchAttention.Benchmarks.Cases;
using TorchAttention.Benchmarks.Measuring;
using TorchAttention.Benchmarks.Reporting;

var filter = new Option<string?>("--filter") { Description = "Only rows whose group or name contains this." };
var json = new Option<string?>("--json") { Description = "Also write the figures to this file.", HelpName = "FILE" };
var plot = new Option<string?>("--plot") { Description = "Also draw the time of growing lengths to this PNG file.", HelpName = "FILE" };
var quick = new Option<bool>("--quick") { Description = "Fewer pairs, only with the runtime settings, and none of the slow rows: under three minutes." };
var list = new Option<bool>("--list") { Description = "Only say which rows there are." };

var command = new RootCommand("Measures this library against its baselines, in turns and in one process.") { filter, json, plot, quick, list };
command.SetAction((result, stop) =>
{
    var cases = Catalogue.Matching(result.GetValue(filter));
    if (cases.Count == 0)
    {
        Console.Error.WriteLine($"No row contains \"{result.GetValue(filter)}\"; --list shows them.");
        return Task.FromResult(2);
    }
    if (result.GetValue(list))
    {
        foreach (var item in cases) Console.WriteLine($"{item.Group}: {item.Name} against {item.Baseline}");
        return Task.FromResult(0);
    }

    var isQuick = result.GetValue(quick);
    var figures = new Session(isQuick, Console.Out).Run([.. cases.Where(item => !(isQuick && item.Slow))], stop);
    if (result.GetValue(json) is { } path) JsonFile.Write(path, Machine.This, figures);
    Figure[] growing = [.. figures.Where(figure => figure.Tuned && figure.Case.Point is not null)];
    if (result.GetValue(plot) is { } picture && growing.Length > 0) GrowthPlot.Save(picture, growing);
    return Task.FromResult(stop.IsCancellationRequested ? 130 : 0);
});
return await command.Parse(args).InvokeAsync();
