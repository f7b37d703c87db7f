using Translator.Corpus;
using Xunit;

namespace Translator.Tests.Corpus;

public sealed class ParallelCorpusTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private (string Source, string Target) Write(string source, string target) =>
        (_folder.Write("source", source), _folder.Write("target", target));

    [Fact]
    public void PairsLinesAndSkipsBlankSides()
    {
        var (source, target) = Write("one\r\n\r\nthree\r\nfour\r\n", "eins\nzwei\n \u00A0\nvier");
        var corpus = ParallelCorpus.Read(source, target);
        Assert.Equal([new("one", "eins"), new("four", "vier")], corpus.Pairs);
        Assert.Equal(2, corpus.Skipped);
    }

    [Fact]
    public void FilesOfDifferentLengthNameBothCounts()
    {
        var (source, target) = Write("one\ntwo\nthree\n", "eins\n");
        var error = Assert.Throws<InputException>(() => ParallelCorpus.Read(source, target));
        Assert.Equal($"the files are not aligned: {source} has 3 lines, {target} has 1 line", error.Message);
    }

    [Fact]
    public void ACorpusWithoutPairsIsAnError()
    {
        var (source, target) = Write("one\n\n", "\nzwei\n");
        var error = Assert.Throws<InputException>(() => ParallelCorpus.Read(source, target));
        Assert.Equal($"{source} and {target}: no line has text on both sides", error.Message);
    }

    [Fact]
    public void EitherFileMayBeAtFault()
    {
        var (source, target) = Write("one\n", "");
        var error = Assert.Throws<InputException>(() => ParallelCorpus.Read(source, target));
        Assert.Equal($"{target}: the file is empty", error.Message);
        error = Assert.Throws<InputException>(() => ParallelCorpus.Read(_folder.File("none"), target));
        Assert.EndsWith("no such file", error.Message);
    }
}
