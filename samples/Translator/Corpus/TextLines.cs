using System.Text;

namespace Translator.Corpus;

/// <summary>Reads text line by line as strict UTF-8: what is not valid is an error, never a replacement character.</summary>
/// <remarks>
/// A line ends at \n or \r\n, and only there: a corpus may hold U+2028 or U+0085 inside a sentence, and counting those as
/// line ends would shift every pair that follows. A byte order mark is skipped; a last line needs no end. A file may be
/// compressed by gzip. However long a line is, reading takes about <see cref="LongestLine"/> bytes.
/// </remarks>
public static class TextLines
{
    /// <summary>A line of more bytes than this is a fault: it is no sentence, but some other kind of file.</summary>
    public const int LongestLine = 1 << 20;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>All lines of a file, of which there is at least one.</summary>
    /// <exception cref="InputException">The file is missing, unreadable, empty, or not UTF-8.</exception>
    public static IReadOnlyList<string> Read(string path) => [.. Sound(Scan(path), path)];

    /// <summary>The lines of a file one after the other, so that a file of any size takes little memory.</summary>
    /// <exception cref="InputException">While they are read: the file is missing, unreadable, empty, or not UTF-8.</exception>
    public static IEnumerable<string> Stream(string path) => Sound(Scan(path), path);

    /// <summary>
    /// The lines of a file that a program wrote beside others, one after the other. It is taken as it is: unpacked, a small one could be
    /// of any size.
    /// </summary>
    /// <param name="path">The file; an empty one has no lines.</param>
    /// <param name="most">A file of more bytes is refused.</param>
    /// <exception cref="InputException">While they are read: the file is missing, unreadable, too long, or not UTF-8.</exception>
    public static IEnumerable<string> Plain(string path, long most)
    {
        using var file = TextFile.OpenPlain(path);
        if (file.CanSeek && file.Length > most) throw InputException.In(path, $"has {file.Length:N0} bytes; such a file has at most {most:N0}");
        foreach (var line in Sound(Decode(file, path), path)) yield return line;
    }

    /// <summary>
    /// The lines of a stream, and of those that are not text the reason; each as soon as it has come: a person at a terminal gets an
    /// answer per line.
    /// </summary>
    /// <param name="stream">Where to read; it stays open.</param>
    /// <param name="name">What messages call it, such as <c>stdin</c>.</param>
    /// <exception cref="InputException">While they are read: the stream breaks off.</exception>
    public static IEnumerable<TextLine> Scan(Stream stream, string name)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(name);
        return Decode(stream, name);
    }

    /// <summary>The lines of a file, and of those that are not text the reason: reading goes on after them.</summary>
    /// <exception cref="InputException">While they are read: the file is missing, unreadable or empty.</exception>
    public static IEnumerable<TextLine> Scan(string path)
    {
        using var stream = TextFile.Open(path);
        var isEmpty = true;
        foreach (var line in Decode(stream, path))
        {
            isEmpty = false;
            yield return line;
        }
        if (isEmpty)
            throw InputException.In(path, "the file is empty");
    }

    private static IEnumerable<string> Sound(IEnumerable<TextLine> lines, string name) =>
        lines.Select(line => line.Fault is null ? line.Text : throw InputException.At(name, line.Number, line.Fault));

    private static IEnumerable<TextLine> Decode(Stream stream, string name)
    {
        var number = 0;
        foreach (var (bytes, isWhole) in Split(stream, name))
        {
            number++;
            yield return isWhole
                ? Decode(bytes.Span, number)
                : new TextLine(number, "", $"a line of more than {LongestLine:N0} bytes");
        }
    }

    private static IEnumerable<(ReadOnlyMemory<byte> Bytes, bool IsWhole)> Split(Stream stream, string name)
    {
        var buffer = new byte[1 << 16];
        var filled = 0;
        var isWhole = true;
        for (int read; (read = TextFile.Read(stream, buffer, filled, name)) > 0;)
        {
            var start = 0;
            // Only what has just come can hold a new end of line.
            var from = filled;
            filled += read;
            for (int end; (end = Array.IndexOf(buffer, (byte)'\n', from, filled - from)) >= 0; from = start = end + 1)
            {
                yield return (buffer.AsMemory(start, end - start), isWhole);
                isWhole = true;
            }
            Array.Copy(buffer, start, buffer, 0, filled -= start);
            if (filled < buffer.Length)
                continue;
            if (buffer.Length < LongestLine)
                Array.Resize(ref buffer, 2 * buffer.Length);
            else
                (isWhole, filled) = (false, 0);
        }
        if (filled > 0 || !isWhole)
            yield return (buffer.AsMemory(0, filled), isWhole);
    }

    private static TextLine Decode(ReadOnlySpan<byte> bytes, int number)
    {
        if (number == 1 && (bytes.StartsWith<byte>([0xFF, 0xFE]) || bytes.StartsWith<byte>([0xFE, 0xFF])))
            return new TextLine(number, "", "UTF-16 text; save it as UTF-8");
        if (number == 1 && bytes.StartsWith("\uFEFF"u8))
            bytes = bytes[3..];
        if (bytes.EndsWith("\r"u8))
            bytes = bytes[..^1];
        if (bytes.Contains((byte)0))
            return new TextLine(number, "", "a zero byte: this is not a text file");
        try
        {
            return new TextLine(number, Strict.GetString(bytes));
        }
        catch (DecoderFallbackException error)
        {
            var first = error.BytesUnknown is [var unknown, ..] ? $" (byte 0x{unknown:X2})" : "";
            return new TextLine(number, "", $"not valid UTF-8{first}");
        }
    }
}
