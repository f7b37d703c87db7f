using Translator.Corpus;
using Translator.Text;
using Xunit;

namespace Translator.Tests.Text;

public sealed class MergeFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void ReadUndoesWrite()
    {
        Merge[] merges = [new("▁", "a"), new("😀", "b"), new("▁a", "😀b")];
        MergeFile.Write(_folder.File("merges"), merges);
        Assert.Equal("▁ a\n😀 b\n▁a 😀b\n", File.ReadAllText(_folder.File("merges")));
        Assert.Equal(merges, MergeFile.Read(_folder.File("merges")));

        MergeFile.Write(_folder.File("none"), []);
        Assert.Empty(MergeFile.Read(_folder.File("none")));
    }

    [Theory]
    [InlineData("a b\nab\n", 2, "expected two pieces with a space between")]
    [InlineData("a b\na  b\n", 2, "expected two pieces with a space between")]
    [InlineData("a b c\n", 1, "expected two pieces with a space between")]
    [InlineData("a b\nab cd\n", 2, "no line above makes 'cd'")]
    [InlineData("a b\na b\n", 2, "'a b' stands above already")]
    public void ErrorsNameThePlace(string text, int line, string what)
    {
        var path = _folder.Write("merges", text);
        Assert.Equal($"{path}:{line}: {what}", Assert.Throws<InputException>(() => MergeFile.Read(path)).Message);
    }
}
