using Translator.Corpus;
using Translator.Training;
using Xunit;

namespace Translator.Tests.Training;

public sealed class TrainingFolderTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private string Path => folder.File("training");

    public void Dispose() => folder.Dispose();

    [Fact]
    public void TheNewestStatesAndTheBestModelAreKept()
    {
        using var training = TrainingFolder.Create(Path, overwrite: false);
        training.SaveState(0, null, Fill, keep: 3);
        training.SaveState(9, null, Fill, keep: 3);
        training.SaveState(10, null, Fill, keep: 3);
        training.SaveState(10, 1, Fill, keep: 3);
        training.SaveBest(10, Fill);
        training.SaveBest(8_000_000, Fill);
        training.SaveState(12_345_678, 2, Fill, keep: 3);

        Assert.Equal(["step-12345678-epoch-002", "step-0000010-epoch-001", "step-0000010"], Names(TrainingFolder.States(Path)));
        Assert.Equal("best-8000000", Names([TrainingFolder.Best(Path)!]).Single());
        Assert.Equal(4, Directory.GetDirectories(Path).Length);
    }

    /// <summary>What a kill leaves between any two calls: the old and the new one, or one that is not whole under a name that is nobody's.</summary>
    [Fact]
    public void WhatAKillLeavesIsNotReadAndGoesAway()
    {
        using (var training = TrainingFolder.Create(Path, overwrite: false))
        {
            training.SaveState(5, null, Fill, keep: 1);
            training.SaveBest(5, Fill);
        }
        foreach (var left in (string[])[".new-1", ".old-2"])
            Fill(Directory.CreateDirectory(System.IO.Path.Combine(Path, left)).FullName);
        SealedFolder.Write(System.IO.Path.Combine(Path, "best-0000004"), Fill);
        SealedFolder.Write(System.IO.Path.Combine(Path, "step-0000004"), Fill);

        Assert.EndsWith("step-0000005", TrainingFolder.Newest(Path));
        Assert.EndsWith("best-0000005", TrainingFolder.Best(Path));
        using var again = TrainingFolder.Open(Path);
        again.SaveState(6, null, Fill, keep: 1);
        again.SaveBest(6, Fill);
        Assert.Equal(["best-0000006", "step-0000006"], Names(Directory.GetDirectories(Path)).Order());
    }

    [Fact]
    public void ANameThatIsThereIsLeftAsItIs()
    {
        using var training = TrainingFolder.Create(Path, overwrite: false);
        training.SaveState(5, null, Fill, keep: 1);
        training.SaveState(5, null, _ => Assert.Fail("written again"), keep: 1);
    }

    [Fact]
    public void OneTrainingWritesAtATime()
    {
        using (var training = TrainingFolder.Create(Path, overwrite: false))
        {
            training.SaveState(0, null, Fill, keep: 1);
            Assert.Throws<IOException>(() => TrainingFolder.Open(Path));
        }
        TrainingFolder.Open(Path).Dispose();
    }

    [Fact]
    public void ATrainingIsReplacedOnlyIfAsked()
    {
        using (var training = TrainingFolder.Create(Path, overwrite: false))
        {
            training.SaveState(7, null, Fill, keep: 1);
            training.SaveBest(7, Fill);
        }
        Assert.Contains("--overwrite", Assert.Throws<InputException>(() => TrainingFolder.Create(Path, overwrite: false)).Message);
        Assert.NotNull(TrainingFolder.Newest(Path));
        using (var replacing = TrainingFolder.Create(Path, overwrite: true))
        {
            Assert.NotNull(TrainingFolder.Newest(Path));
            replacing.Empty();
        }
        Assert.Empty(Directory.GetDirectories(Path));
        TrainingFolder.Create(Path, overwrite: false).Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void OtherThingsAreNotTouched(bool overwrite)
    {
        Directory.CreateDirectory(Path);
        var thesis = folder.Write("training/thesis.txt", "years of work");

        Assert.Contains("thesis.txt", Assert.Throws<InputException>(() => TrainingFolder.RequireWritable(Path, overwrite)).Message);
        Assert.Contains("a file", Assert.Throws<InputException>(() => TrainingFolder.RequireWritable(thesis, overwrite)).Message);
        Assert.Equal([thesis], Directory.GetFileSystemEntries(Path));
    }

    [Fact]
    public void AskingWhetherItCanBeWrittenLeavesNothing()
    {
        TrainingFolder.RequireWritable(Path, overwrite: false);
        Assert.False(Directory.Exists(Path));
        Directory.CreateDirectory(Path);
        TrainingFolder.RequireWritable(Path, overwrite: false);
        Assert.Empty(Directory.GetFileSystemEntries(Path));
    }

    [Fact]
    public void WhereNobodyMayWriteIsSaidEarly()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "a folder that not even root may write to");
        Assert.ThrowsAny<SystemException>(() => TrainingFolder.RequireWritable("/proc/self/training", overwrite: false));
    }

    [Fact]
    public void NothingToResumeIsSaid()
    {
        Assert.Throws<InputException>(() => TrainingFolder.Open(Path));
        Assert.False(Directory.Exists(Path));
        Directory.CreateDirectory(Path);
        Assert.Throws<InputException>(() => TrainingFolder.Open(Path));
    }

    private static void Fill(string path) => File.WriteAllText(System.IO.Path.Combine(path, "file"), "content");

    private static IEnumerable<string> Names(IEnumerable<string> paths) => paths.Select(path => System.IO.Path.GetFileName(path));
}
