using TorchSharp;
using Translator.Model;
using Translator.Tests.Model;
using Translator.Text;
using Translator.Training;
using Xunit;

namespace Translator.Tests.Cli;

[Collection(nameof(CommandLineTests))]
public sealed class AverageCommandTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void WritesTheMean()
    {
        var (first, second) = (Save("first", 32), Save("second", 32));

        var (code, _, error) = CommandLineTests.Run(["average", first, second, "--output", folder.File("mean")]);

        Assert.True(code == 0, error);
        var expected = Weights(first).Zip(Weights(second), (a, b) => (float)((a / 2.0) + (b / 2.0)));
        Assert.Equal(expected, Weights(folder.File("mean")));
    }

    [Fact]
    public void TheLastStatesOfATrainingAreAveraged()
    {
        var training = Train(epochs: "3");

        var (code, _, error) = CommandLineTests.Run(["average", training, "--last", "2", "--output", folder.File("mean")]);

        Assert.True(code == 0, error);
        var states = TrainingFolder.States(training);
        Assert.Equal(Weights(states[1]).Zip(Weights(states[0]), (a, b) => (float)((a / 2.0) + (b / 2.0))), Weights(folder.File("mean")));

        (code, _, error) = CommandLineTests.Run(["average", training, "--last", "9", "--output", folder.File("more")]);
        Assert.Equal((1, $"error: {training}: has 3 to average, not 9; train or resume with --keep 9 or more\n"), (code, error));
    }

    /// <summary>The state that a training begins with is kept too, but it is random.</summary>
    [Fact]
    public void WhatATrainingBeganWithIsNotAveraged()
    {
        var training = Train(epochs: "1");
        var states = TrainingFolder.States(training);
        Assert.Equal(2, states.Count);

        var (code, _, error) = CommandLineTests.Run(["average", training, "--output", folder.File("mean")]);

        Assert.True(code == 0, error);
        Assert.Equal(Weights(states[0]), Weights(folder.File("mean")));
        Directory.Delete(states[0], recursive: true);
        (code, _, error) = CommandLineTests.Run(["average", training, "--output", folder.File("nothing")]);
        Assert.Equal((1, $"error: {training}: has learnt nothing yet\n"), (code, error));
    }

    [Fact]
    public void ModelsOfOtherShapesAreRefused()
    {
        var (first, second) = (Save("first", 32), Save("second", 64));
        var (code, _, error) = CommandLineTests.Run(["average", first, second, "--output", folder.File("mean")]);
        Assert.Equal((1, $"error: {first}: is not of the same shape as {second}\n"), (code, error));
        Assert.False(Directory.Exists(folder.File("mean")));
    }

    /// <summary>Of one shape all the same: the mean of weights of different words is none of either.</summary>
    [Fact]
    public void ModelsOfOtherTokensAreRefused()
    {
        var options = new TextOptions();
        var others = Vocabulary.Build([[.. Enumerable.Range(0, SmallModel.Words - SpecialTokens.All.Count).Select(i => $"v{i}")]]);
        var newest = Save("newest", 32);
        foreach (var (name, codec) in new[] { ("words", new TextCodec(options, others)), ("case", new TextCodec(options with { LowerCase = true }, SmallModel.Vocabulary)) })
        {
            var first = Save(name, 32, codec);
            var (code, _, error) = CommandLineTests.Run(["average", first, newest, "--output", folder.File("mean")]);
            Assert.Equal((1, $"error: {first}: has other tokens than {newest}\n"), (code, error));
        }
        Assert.False(Directory.Exists(folder.File("mean")));
    }

    private string Train(string epochs)
    {
        var (table, training) = (folder.Write("table.tsv", "a b\tx y\nb a\ty x\n"), folder.File("training"));
        var (code, _, error) = CommandLineTests.Run(
            ["train", "--train-tsv", table, "--valid-tsv", table, "--output", training, "--preset", "toy", "--epochs", epochs, "--hidden", "32", "--embedding", "16"]);
        Assert.True(code == 0, error);
        return training;
    }

    private string Save(string name, long hidden, TextCodec? source = null)
    {
        using var model = SmallModel.Create(hidden: hidden);
        new Checkpoint(model, source ?? SmallModel.Codec, SmallModel.Codec).Save(folder.File(name));
        return folder.File(name);
    }

    private static float[] Weights(string path)
    {
        using TranslationModel model = Checkpoint.Load(path).Model;
        return [.. model.parameters().SelectMany(parameter => parameter.data<float>().ToArray())];
    }
}
