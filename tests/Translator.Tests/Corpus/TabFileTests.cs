using Translator.Corpus;
using Xunit;

namespace Translator.Tests.Corpus;

public sealed class TabFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void TwoColumnsAreAPairAndMoreAreLeftAlone()
    {
        var path = _folder.Write("pairs.tsv", "\uFEFFGo.\tVa !\tCC-BY 2.0 (France)\t#1\r\nHi.\tSalut !\r\n\r\n \t \nRun!\t\n");

        Assert.Equal(
            [new("Go.", "Va !"), new("Hi.", "Salut !"), new("", ""), new("", ""), new("Run!", "")],
            new TabFile(path).Scan().Select(line => line.Sound));
        var corpus = ParallelCorpus.Read(new TabFile(path));
        Assert.Equal([new("Go.", "Va !"), new("Hi.", "Salut !")], corpus.Pairs);
        Assert.Equal(3, corpus.Skipped);
    }

    [Fact]
    public void ALineWithoutATabIsNamedAndTheNextIsRead()
    {
        var path = _folder.Write("pairs.tsv", [.. "a\tb\nc d\n\xFF"u8, 0xFF, .. "\te\nf\tg"u8]);
        var lines = new TabFile(path).Scan().ToList();

        Assert.Equal(new("a", "b"), lines[0].Sound);
        Assert.Equal($"{path}:2: expected 'source TAB target', found no tab", Assert.Throws<InputException>(() => lines[1].Sound).Message);
        Assert.Equal($"{path}:3: not valid UTF-8 (byte 0xFF)", lines[2].Fault!.Message);
        Assert.Equal(new("f", "g"), lines[3].Sound);
        Assert.Equal($"{path}:2", Assert.Throws<InputException>(() => ParallelCorpus.Read(new TabFile(path))).Message[..(path.Length + 2)]);
    }
}
