using Translator.Corpus;
using Xunit;

namespace Translator.Tests.Corpus;

public sealed class AlignedFilesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("a\nb\nc\nd\n", "x\n", 4, 1)]
    [InlineData("a\n", "x\ny\nz", 1, 3)]
    public void TheLongerFileIsCountedToItsEnd(string source, string target, int sources, int targets)
    {
        var files = new AlignedFiles(_folder.Write("source", source), _folder.Write("target", target));
        var lines = files.Scan().ToList();

        Assert.Equal(new("a", "x"), lines[0].Sound);
        Assert.Equal(2, lines.Count);
        Assert.Equal(2, lines[1].Number);
        Assert.Equal(
            $"the files are not aligned: {files.SourcePath} has {Lines(sources)}, {files.TargetPath} has {Lines(targets)}",
            lines[1].Fault!.Message);

        static string Lines(int count) => count == 1 ? "1 line" : $"{count} lines";
    }

    [Fact]
    public void AFaultNamesItsFileAndTheNextPairIsRead()
    {
        var files = new AlignedFiles(
            _folder.Write("source", [0xFF, .. "\nb\nc\n"u8]), _folder.Write("target", [.. "x\ny"u8, 0x00, .. "\nz\n"u8]));
        var lines = files.Scan().ToList();

        Assert.Equal($"{files.SourcePath}:1: not valid UTF-8 (byte 0xFF)", lines[0].Fault!.Message);
        Assert.Equal($"{files.TargetPath}:2: a zero byte: this is not a text file", lines[1].Fault!.Message);
        Assert.Equal(new PairLine(3, new("c", "z")), lines[2]);
    }
}
