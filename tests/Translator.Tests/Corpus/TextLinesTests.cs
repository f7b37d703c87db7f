using System.IO.Compression;
using System.Text;
using Translator.Corpus;
using Xunit;

namespace Translator.Tests.Corpus;

public sealed class TextLinesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static List<string> FromStream(byte[] bytes, int atATime) =>
        [.. TextLines.Scan(new SlowStream(bytes, atATime), "stdin").Select(line => line.Fault ?? line.Text)];

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
        using var lines = TextLines.Scan(stream, "stdin").GetEnumerator();
        Assert.True(lines.MoveNext());
        Assert.Equal("one", lines.Current.Text);
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
        var lines = FromStream(bytes, atATime: 5);
        Assert.Equal(["fine", "fine too", "fine"], [.. lines[..2], lines[3]]);
        Assert.StartsWith("not valid UTF-8", lines[2]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(10_000_019)]
    public void ALineWithoutMeasureIsAFaultAndTheNextIsRead(int beyond)
    {
        var bytes = Encoding.UTF8.GetBytes($"fine\n{new string('a', TextLines.LongestLine - 1 + beyond)}\nfine too");
        var path = _folder.Write("text", bytes);

        var before = GC.GetAllocatedBytesForCurrentThread();
        var lines = TextLines.Scan(path).ToList();
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal([new(1, "fine"), new(2, "", "a line of more than 1,048,576 bytes"), new(3, "fine too")], lines);
        // The buffer is doubled from 64 KiB up to the longest line: less than two of those in all.
        Assert.InRange(allocated, 0, 3L * TextLines.LongestLine);
    }

    [Fact]
    public void TheLongestLineIsRead()
    {
        var longest = new string('a', TextLines.LongestLine - 1);
        Assert.Equal([longest, "b"], TextLines.Read(_folder.Write("text", $"{longest}\nb")));
    }

    [Fact]
    public void GzipIsUnpackedWhateverTheName()
    {
        Assert.Equal(["é", "b"], TextLines.Read(_folder.Write("text", Gzip("\uFEFFé\r\nb\n"))));
        // Two packed files one after the other are one, as gzip has it.
        Assert.Equal(["a", "b"], TextLines.Read(_folder.Write("two.gz", [.. Gzip("a\n"), .. Gzip("b\n")])));
        Assert.Equal(["not packed"], TextLines.Read(_folder.Write("text.gz", "not packed")));
        AssertError(_folder.Write("none.gz", Gzip("")), "the file is empty");
    }

    [Fact]
    public void ADamagedGzipFileIsAnErrorAtEveryLength()
    {
        var random = new Random(1);
        var whole = Gzip(string.Concat(Enumerable.Range(0, 2000).Select(_ => random.Next(10) == 0 ? '\n' : (char)random.Next('a', 'z'))));
        for (var length = 2; length < whole.Length; length += 97)
        {
            var path = _folder.Write("cut.gz", whole[..length]);
            Assert.Equal($"{path}: a damaged gzip file", Assert.Throws<InputException>(() => TextLines.Read(path)).Message);
        }
    }

    [Fact]
    public void WhatIsNotTextSaysSo()
    {
        AssertFault([0xFF, 0xFE, 0x61, 0x00, 0x0A, 0x00], 1, "UTF-16 text; save it as UTF-8");
        AssertFault([0xFE, 0xFF, 0x00, 0x61], 1, "UTF-16 text; save it as UTF-8");
        AssertFault([0x61, 0x0A, 0x62, 0x00, 0x0A], 2, "a zero byte: this is not a text file");
        AssertFault([0x7F, 0x45, 0x4C, 0x46, 0x02, 0x01, 0x00], 1, "a zero byte: this is not a text file");

        void AssertFault(byte[] bytes, int line, string what)
        {
            var path = _folder.Write("text", bytes);
            Assert.Equal($"{path}:{line}: {what}", Assert.Throws<InputException>(() => TextLines.Read(path)).Message);
        }
    }

    [Fact]
    public void ScanningGoesOnAfterABadLine()
    {
        var path = _folder.Write("text", [.. "a\n"u8, 0xFF, .. "\nb\n"u8]);
        Assert.Equal([new(1, "a"), new(2, "", "not valid UTF-8 (byte 0xFF)"), new(3, "b")], TextLines.Scan(path));
    }

    private static byte[] Gzip(string text)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal))
            gzip.Write(Encoding.UTF8.GetBytes(text));
        return packed.ToArray();
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
