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
        var models = new Argument<string[]>("models")
        {
            Description = "The folder of a training, for the last states that it keeps; or models, the oldest first.",
            Arity = ArgumentArity.OneOrMore,
            HelpName = "DIR",
        };
        var last = new Option<int?>("--last") { Description = "How many of them, the newest." }.Require(value => value is null or > 0, "must be at least 1");
        var output = new Option<string>("--output") { Description = "The folder to write.", Required = true, HelpName = "DIR" };
        var command = new Command("average", "Writes the model whose weights are the means of those of the last states of a training.") { models, last, output };
        command.SetAction(parsed => Run(Find(parsed.GetValue(models)!, parsed.GetValue(last)), parsed.GetValue(output)!));
        return command;
    }

    private static string[] Find(string[] named, int? last)
    {
        string[] models = named is [var folder] && TrainingFolder.Newest(folder) is not null ? [.. TrainingFolder.LearntStates(folder).Reverse()] : named;
        if (models.Length == 0) throw InputException.In(named[0], "has learnt nothing yet");
        if (last > models.Length) throw InputException.In(named[0], $"has {models.Length} to average, not {last}; train or resume with --keep {last} or more");
        return models[^(last ?? models.Length)..];
    }

    private static int Run(string[] models, string output)
    {
        Checkpoint.RequireNew(output);
        Checkpoint[] checkpoints = [.. models.Select(Checkpoint.Load)];
        try
        {
            var newest = checkpoints[^1];
            if (Array.FindIndex(checkpoints, checkpoint => checkpoint.Model.Options != newest.Model.Options) is >= 0 and var other)
                throw InputException.In(models[other], $"is not of the same shape as {models[^1]}");
            if (Array.FindIndex(checkpoints, checkpoint => !checkpoint.Source.IsSameAs(newest.Source) || !checkpoint.Target.IsSameAs(newest.Target)) is >= 0 and var stranger)
                throw InputException.In(models[stranger], $"has other tokens than {models[^1]}");
            using var scope = torch.NewDisposeScope();
            newest.Model.load_state_dict(WeightAverage.Of([.. checkpoints.Select(checkpoint => checkpoint.Model.state_dict())]));
            newest.Save(output);
            Console.WriteLine(models.Length == 1 ? $"a copy of {models[0]} is in {output}" : $"the mean of {models.Length} models is in {output}");
            return 0;
        }
        finally
        {
            foreach (var checkpoint in checkpoints) checkpoint.Model.Dispose();
        }
    }
}
