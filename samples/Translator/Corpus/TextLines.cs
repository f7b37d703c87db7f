using System.Text;

namespace Translator.Corpus;

/// <summary>Reads text line by line as strict UTF-8: what is not valid is an error, never a replacement character.</summary>
/// <remarks>
/// A line ends at \n or \r\n, and only there: a corpus may hold U+2028 or U+0085 inside a sentence, and counting those as
/// line ends would shift every pair that follows. A byte order mark is skipped; a last line needs no end.
/// </remarks>
public static class TextLines
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>All lines of a file, of which there is at least one.</summary>
    /// <exception cref="InputException">The file is missing, unreadable, empty, or not UTF-8.</exception>
    public static IReadOnlyList<string> Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            using var stream = File.OpenRead(path);
            var lines = Read(stream, path).ToList();
            return lines.Count > 0 ? lines : throw InputException.In(path, "the file is empty");
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new InputException($"{path}: no such file", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            var what = Directory.Exists(path) ? "a folder, not a file" : "cannot be read";
            throw new InputException($"{path}: {what}", error);
        }
    }

    /// <summary>The lines of a stream, each as soon as it has come: a person at a terminal gets an answer per line.</summary>
    /// <param name="stream">Where to read; it stays open.</param>
    /// <param name="name">What messages call it, such as <c>stdin</c>.</param>
    /// <exception cref="InputException">A line is not UTF-8.</exception>
    public static IEnumerable<string> Read(Stream stream, string name)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(name);
        return Decode(stream, name);
    }

    private static IEnumerable<string> Decode(Stream stream, string name)
    {
        var number = 0;
        foreach (var line in Split(stream))
            yield return Decode(line, name, ++number);
    }

    private static IEnumerable<ReadOnlyMemory<byte>> Split(Stream stream)
    {
        var buffer = new byte[1 << 16];
        var filled = 0;
        while (true)
        {
            var read = stream.Read(buffer, filled, buffer.Length - filled);
            if (read == 0)
                break;
            var start = 0;
            // Only what has just come can hold a new end of line.
            var from = filled;
            filled += read;
            for (int end; (end = Array.IndexOf(buffer, (byte)'\n', from, filled - from)) >= 0; from = start = end + 1)
                yield return buffer.AsMemory(start, end - start);
            Array.Copy(buffer, start, buffer, 0, filled -= start);
            if (filled == buffer.Length)
                Array.Resize(ref buffer, 2 * buffer.Length);
        }
        if (filled > 0)
            yield return buffer.AsMemory(0, filled);
    }

    private static string Decode(ReadOnlyMemory<byte> line, string name, int number)
    {
        var bytes = line.Span;
        if (number == 1 && bytes.StartsWith("\uFEFF"u8))
            bytes = bytes[3..];
        if (bytes.EndsWith("\r"u8))
            bytes = bytes[..^1];
        try
        {
            return Strict.GetString(bytes);
        }
        catch (DecoderFallbackException error)
        {
            var first = error.BytesUnknown is [var unknown, ..] ? $" (byte 0x{unknown:X2})" : "";
            throw new InputException($"{name}:{number}: not valid UTF-8{first}", error);
        }
    }
}
