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
        var path = folder.File("another");
        new Checkpoint(model, SmallModel.Codec, SmallModel.Codec).Save(path);
        var loaded = Checkpoint.Load(path);
        string[] lines = ["w0 w1 w2", "w3", "w4 w5 w6 w0"];

        Assert.Equal(model.Options, loaded.Model.Options);
        Assert.Equal(
            new SentenceTranslator(model, SmallModel.Codec, SmallModel.Codec).Translate(lines).Select(line => line.Text),
            new SentenceTranslator(loaded.Model, loaded.Source, loaded.Target).Translate(lines).Select(line => line.Text));
    }

    [Fact]
    public void NothingIsLeftBesideIt() => Assert.Equal([Saved], Directory.GetFileSystemEntries(folder.Path));

    [Fact]
    public void AnEmptyFolderIsTakenAndAFullOneIsNot()
    {
        var empty = Directory.CreateDirectory(folder.File("empty")).FullName;
        var other = Directory.CreateDirectory(folder.File("thesis")).FullName;
        File.WriteAllText(Path.Combine(other, "chapter1.txt"), "years of work");
        var checkpoint = new Checkpoint(model, SmallModel.Codec, SmallModel.Codec);

        checkpoint.Save(empty);
        Checkpoint.Load(empty).Model.Dispose();
        foreach (var full in (string[])[other, Saved])
            Assert.Contains(full, Assert.Throws<InputException>(() => checkpoint.Save(full)).Message);

        Assert.Equal("years of work", File.ReadAllText(Path.Combine(other, "chapter1.txt")));
        Checkpoint.Load(Saved).Model.Dispose();
    }

    [Fact]
    public void ACardBesideTheFilesIsNoDamage()
    {
        File.WriteAllText(Path.Combine(Saved, "README.md"), "# A model");
        Checkpoint.Load(Saved).Model.Dispose();
    }

    /// <summary>With checksums that are right, so that the weights themselves must be refused: of other sizes, and of other names.</summary>
    [Theory]
    [InlineData("additive", 64)]
    [InlineData("general", 32)]
    public void AnotherModelsWeightsAreRefused(string attention, long hidden)
    {
        using var other = SmallModel.Create(attention, hidden: hidden);
        new Checkpoint(other, SmallModel.Codec, SmallModel.Codec).Save(folder.File("other"));
        File.Copy(Path.Combine(folder.File("other"), "weights.safetensors"), Path.Combine(Saved, "weights.safetensors"), overwrite: true);
        Sums.Renew(Saved);

        RefusedNaming("weights.safetensors");
    }

    [Fact]
    public void TheFormerFormIsNamed()
    {
        var former = Directory.CreateDirectory(folder.File("former")).FullName;
        File.WriteAllText(Path.Combine(former, "config.json"), "{}");
        File.WriteAllText(Path.Combine(former, "weights.dat"), "");

        Assert.Contains("weights.dat", Assert.Throws<InputException>(() => Checkpoint.Load(former)).Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("""{"format":2,"weights":"elsewhere"}""")]
    [InlineData("""{"format":1,"writtenBy":"","model":null}""")]
    [InlineData("""{"format":1,"writtenBy":"","model":{"attention":"additive"}}""")]
    [InlineData("""{"format":1,"writtenBy":"","model":{"model":"oracle"}}""")]
    [InlineData("""{"format":1,"writtenBy":"","model":{"model":"rnn","attention":"additive"}}""")]
    [InlineData("""{"format":1,"writtenBy":"","model":{"model":"transformer","attention":"additive","sourceWords":11,"targetWords":11,"embeddingDim":16,"hiddenDim":32,"dropout":0}}""")]
    public void ADamagedConfigIsRefused(string config)
    {
        File.WriteAllText(Path.Combine(Saved, "config.json"), config);
        Sums.Renew(Saved);
        RefusedNaming("config.json");
    }

    [Theory]
    [InlineData("additive", "telepathy")]
    [InlineData("\"additive\"", "null")]
    [InlineData("11", "12")]
    [InlineData("32", "33")]
    [InlineData("32", "\"NaN\"")]
    [InlineData("16,", "900000000000,")]
    [InlineData("16,", "1e999,")]
    [InlineData("\"dropout\": 0", "\"dropout\": 2")]
    [InlineData("\"dropout\": 0", "\"dropout\": \"NaN\"")]
    [InlineData("\"dropout\": 0", "\"colour\": 0")]
    public void AFieldThatIsNoModelsIsRefused(string field, string replacement)
    {
        var path = Path.Combine(Saved, "config.json");
        var config = File.ReadAllText(path);
        Assert.Contains(field, config);
        File.WriteAllText(path, config.Replace(field, replacement));
        Sums.Renew(Saved);
        RefusedNaming("config.json");
    }

    /// <summary>A model of such a size would take a gigabyte; the few weights that there are say that it is none.</summary>
    [Fact]
    public void NoMemoryIsTakenForWeightsThatAreNotThere()
    {
        var path = Path.Combine(Saved, "config.json");
        File.WriteAllText(path, File.ReadAllText(path).Replace("32", "16384"));
        Sums.Renew(Saved);
        RefusedNaming("weights.safetensors");
    }

    [Theory]
    [InlineData("config.json")]
    [InlineData("weights.safetensors")]
    [InlineData("source.vocab")]
    [InlineData("target.text.json")]
    public void AMissingFileIsNamed(string name)
    {
        File.Delete(Path.Combine(Saved, name));
        RefusedNaming(name);
        if (name == "target.text.json") return; // without it words are words
        Sums.Renew(Saved);
        RefusedNaming(name);
    }

    private void RefusedNaming(string name)
    {
        var error = Assert.Throws<InputException>(() => Checkpoint.Load(Saved));
        Assert.Contains(name, error.Message);
        Assert.DoesNotContain("\n", error.Message);
    }
}
