using System.Text;
using Translator.Corpus;
using Xunit;

namespace Translator.Tests.Corpus;

public sealed class TextLinesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static List<string> FromStream(byte[] bytes, int atATime) =>
        [.. TextLines.Read(new SlowStream(bytes, atATime), "stdin")];

    [Theory]
    [InlineData("a\nb", "a|b")]
    [InlineData("a\nb\n", "a|b")]
    [InlineData("a\r\nb\r\n", "a|b")]
    [InlineData("a\n\nb\n\n", "a||b|")]
    [InlineData("\n", "")]
    [InlineData("a\rb\n", "a\rb")]
    [InlineData("\uFEFFa\n\uFEFFb", "a|\uFEFFb")]
    [InlineData("é\u2028😀\u0085中\n", "é\u2028😀\u0085中")]
    public void LinesEndAtLineFeeds(string text, string lines)
    {
        Assert.Equal(lines, string.Join('|', TextLines.Read(_folder.Write("text", text))));
        Assert.Equal(lines, string.Join('|', FromStream(Encoding.UTF8.GetBytes(text), atATime: 1)));
    }

    [Fact]
    public void LongLinesOutgrowTheBuffer()
    {
        var lines = new[] { 200_003, 0, 65_536, 7, 131_072 }.Select((length, at) => new string((char)('a' + at), length));
        var bytes = Encoding.UTF8.GetBytes(string.Join('\n', lines));
        Assert.Equal(lines, FromStream(bytes, atATime: 40_009));
    }

    [Fact]
    public void AStreamGivesALineBeforeTheNextIsThere()
    {
        var stream = new SlowStream("one\ntwo\n"u8.ToArray(), atATime: 4);
        using var lines = TextLines.Read(stream, "stdin").GetEnumerator();
        Assert.True(lines.MoveNext());
        Assert.Equal("one", lines.Current);
        Assert.Equal(4, stream.Position);
    }

    [Theory]
    [InlineData(new byte[] { 0xFF, 0xFE }, "0xFF")]
    [InlineData(new byte[] { 0xC3 }, "0xC3")]
    [InlineData(new byte[] { 0xE9, 0x65 }, "0xE9")]
    [InlineData(new byte[] { 0xC0, 0x80 }, "0xC0")]
    [InlineData(new byte[] { 0xED, 0xA0, 0x80 }, "0xED")]
    public void InvalidBytesNameTheirLine(byte[] bad, string name)
    {
        byte[] bytes = [.. "fine\nfine too\nnot"u8, .. bad, .. "\nfine\n"u8];
        var path = _folder.Write("text", bytes);
        var error = Assert.Throws<InputException>(() => TextLines.Read(path));
        Assert.Equal($"{path}:3: not valid UTF-8 (byte {name})", error.Message);
        error = Assert.Throws<InputException>(() => FromStream(bytes, atATime: 5));
        Assert.StartsWith("stdin:3: not valid UTF-8", error.Message);
    }

    [Fact]
    public void FilesThatCannotBeReadAreErrors()
    {
        AssertError(_folder.File("none"), "no such file");
        AssertError(Path.Combine(_folder.File("none"), "file"), "no such file");
        AssertError(_folder.Path, "a folder, not a file");
        AssertError(_folder.Write("empty", ""), "the file is empty");
        Assert.Empty(FromStream([], atATime: 1));
    }

    private static void AssertError(string path, string what)
    {
        var error = Assert.Throws<InputException>(() => TextLines.Read(path));
        Assert.Equal($"{path}: {what}", error.Message);
    }

    /// <summary>Gives few bytes at a time, as a terminal does.</summary>
    private sealed class SlowStream(byte[] bytes, int atATime) : MemoryStream(bytes)
    {
        public override int Read(byte[] buffer, int offset, int count) =>
            base.Read(buffer, offset, Math.Min(count, atATime));
    }
}
