using System.CommandLine;
using TorchSharp;
using Translator.Corpus;
using Translator.Training;

namespace Translator.Cli;

/// <summary>average: one model from the weights of several, of one training.</summary>
internal static class AverageCommand
{
    internal static Command Create()
    {
        var models = new Argument<string[]>("models") { Description = "Checkpoints of one training, the oldest first.", Arity = ArgumentArity.OneOrMore, HelpName = "DIR" };
        var output = new Option<string>("--output") { Description = "The folder to write.", Required = true, HelpName = "DIR" };
        var command = new Command("average", "Writes the model whose weights are the means of those of the last checkpoints of a training.") { models, output };
        command.SetAction(parsed => Run(parsed.GetValue(models)!, parsed.GetValue(output)!));
        return command;
    }

    private static int Run(string[] models, string output)
    {
        Checkpoint.RequireWritable(output);
        Checkpoint[] checkpoints = [.. models.Select(Checkpoint.Load)];
        var last = checkpoints[^1];
        if (Array.FindIndex(checkpoints, checkpoint => checkpoint.Model.Options != last.Model.Options) is >= 0 and var other)
            throw InputException.In(models[other], $"is not of the same shape as {models[^1]}");
        using (var scope = torch.NewDisposeScope())
            last.Model.load_state_dict(WeightAverage.Of([.. checkpoints.Select(checkpoint => checkpoint.Model.state_dict())]));
        last.Save(output);
        Console.WriteLine($"the mean of {models.Length} models is in {output}");
        foreach (var checkpoint in checkpoints) checkpoint.Model.Dispose();
        return 0;
    }
}
