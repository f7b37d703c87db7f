using Translator.Corpus;
using Translator.Model;
using Translator.Search;
using Translator.Tests.Model;
using Translator.Training;
using Xunit;

namespace Translator.Tests.Training;

public sealed class CheckpointTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly TranslationModel model = SmallModel.Create();

    private string Saved => folder.File("model");

    public CheckpointTests() => new Checkpoint(model, SmallModel.Codec, SmallModel.Codec).Save(Saved);

    public void Dispose()
    {
        model.Dispose();
        folder.Dispose();
    }

    public static TheoryData<string> Kinds => [.. SmallModel.Kinds];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void WhatIsLoadedTranslatesAsWhatWasSaved(string kind)
    {
        using var model = SmallModel.Create(kind);
        new Checkpoint(model, SmallModel.Codec, SmallModel.Codec).Save(Saved);
        var loaded = Checkpoint.Load(Saved);
        string[] lines = ["w0 w1 w2", "w3", "w4 w5 w6 w0"];

        Assert.Equal(model.Options, loaded.Model.Options);
        Assert.Equal(
            new SentenceTranslator(model, SmallModel.Codec, SmallModel.Codec).Translate(lines).Select(line => line.Text),
            new SentenceTranslator(loaded.Model, loaded.Source, loaded.Target).Translate(lines).Select(line => line.Text));
    }

    [Fact]
    public void SavingAgainReplacesAndLeavesNothingBeside()
    {
        new Checkpoint(model, SmallModel.Codec, SmallModel.Codec).Save(Saved);

        Assert.Equal([Saved], Directory.GetFileSystemEntries(folder.Path));
        Checkpoint.Load(Saved).Model.Dispose();
    }

    [Fact]
    public void AFolderWithOtherThingsIsNotOverwritten()
    {
        var other = Directory.CreateDirectory(folder.File("thesis")).FullName;
        File.WriteAllText(Path.Combine(other, "chapter1.txt"), "years of work");

        var error = Assert.Throws<InputException>(() => new Checkpoint(model, SmallModel.Codec, SmallModel.Codec).Save(other));

        Assert.Contains(other, error.Message);
        Assert.Equal("years of work", File.ReadAllText(Path.Combine(other, "chapter1.txt")));
    }

    [Fact]
    public void AnotherModelsWeightsAreRefused()
    {
        using var larger = SmallModel.Create(hidden: 64);
        new Checkpoint(larger, SmallModel.Codec, SmallModel.Codec).Save(folder.File("larger"));
        File.Copy(Path.Combine(folder.File("larger"), "weights.dat"), Path.Combine(Saved, "weights.dat"), overwrite: true);

        RefusedNaming("weights.dat");
    }

    [Fact]
    public void WeightsOfAnotherAttentionAreRefused()
    {
        // Of one size in bytes to a few, but with other names.
        using var other = SmallModel.Create("general");
        new Checkpoint(other, SmallModel.Codec, SmallModel.Codec).Save(folder.File("other"));
        File.Copy(Path.Combine(folder.File("other"), "weights.dat"), Path.Combine(Saved, "weights.dat"), overwrite: true);

        RefusedNaming("weights.dat");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    [InlineData(20_000)]
    public void TruncatedWeightsAreRefused(int length)
    {
        var path = Path.Combine(Saved, "weights.dat");
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..length]);
        RefusedNaming("weights.dat");
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"model":"oracle"}""")]
    [InlineData("""{"model":"transformer","attention":"additive","sourceWords":11,"targetWords":11,"embeddingDim":16,"hiddenDim":32,"dropout":0}""")]
    [InlineData("""{"model":"rnn","attention":"additive"}""")]
    [InlineData("""{"model":"rnn","attention":"telepathy","sourceWords":11,"targetWords":11,"embeddingDim":16,"hiddenDim":32,"dropout":0}""")]
    [InlineData("""{"model":"rnn","attention":null,"sourceWords":11,"targetWords":11,"embeddingDim":16,"hiddenDim":32,"dropout":0}""")]
    [InlineData("""{"model":"rnn","attention":"additive","sourceWords":12,"targetWords":11,"embeddingDim":16,"hiddenDim":32,"dropout":0}""")]
    [InlineData("""{"model":"rnn","attention":"additive","sourceWords":11,"targetWords":11,"embeddingDim":900000000000,"hiddenDim":32,"dropout":0}""")]
    [InlineData("""{"model":"rnn","attention":"additive","sourceWords":11,"targetWords":11,"embeddingDim":16,"hiddenDim":33,"dropout":0}""")]
    [InlineData("""{"model":"rnn","attention":"additive","sourceWords":11,"targetWords":11,"embeddingDim":16,"hiddenDim":32,"dropout":2}""")]
    public void ADamagedConfigIsRefused(string config)
    {
        File.WriteAllText(Path.Combine(Saved, "config.json"), config);
        RefusedNaming("config.json");
    }

    [Theory]
    [InlineData("config.json")]
    [InlineData("weights.dat")]
    [InlineData("source.vocab")]
    [InlineData("target.vocab")]
    public void AMissingFileIsNamed(string name)
    {
        File.Delete(Path.Combine(Saved, name));
        RefusedNaming(name);
    }

    private void RefusedNaming(string name)
    {
        var error = Assert.Throws<InputException>(() => Checkpoint.Load(Saved));
        Assert.Contains(name, error.Message);
        Assert.DoesNotContain("\n", error.Message);
    }
}
