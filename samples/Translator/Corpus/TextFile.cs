using System.IO.Compression;

namespace Translator.Corpus;

/// <summary>Opens files of text, compressed by gzip or not, and says in one line why one cannot be read.</summary>
internal static class TextFile
{
    /// <summary>The file's bytes, unpacked if it begins as a gzip file does, whatever its name.</summary>
    /// <exception cref="InputException">There is no such file, or it may not be read.</exception>
    public static Stream Open(string path) => Open<Stream>(path, file => IsGzip(file) ? new GZipStream(file, CompressionMode.Decompress) : file);

    /// <summary>The file's bytes as they are.</summary>
    /// <exception cref="InputException">There is no such file, or it may not be read.</exception>
    public static FileStream OpenPlain(string path) => Open(path, file => file);

    /// <summary>The next bytes of a stream, 0 at its end.</summary>
    /// <exception cref="InputException">The stream breaks off or cannot be unpacked.</exception>
    public static int Read(Stream stream, byte[] buffer, int start, string name)
    {
        try
        {
            return stream.Read(buffer, start, buffer.Length - start);
        }
        catch (InvalidDataException error)
        {
            throw new InputException($"{name}: a damaged gzip file", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(name, error);
        }
    }

    private static T Open<T>(string path, Func<FileStream, T> read)
    {
        PathName.Require(path);
        try
        {
            return read(File.OpenRead(path));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(path, error);
        }
    }

    // A pipe cannot be rewound; it is taken as it is.
    private static bool IsGzip(FileStream file)
    {
        if (!file.CanSeek)
            return false;
        var isGzip = file.ReadByte() == 0x1F && file.ReadByte() == 0x8B;
        file.Position = 0;
        return isGzip;
    }

    private static InputException Unreadable(string path, Exception error)
    {
        if (error is FileNotFoundException or DirectoryNotFoundException)
            return new InputException($"{path}: no such file", error);
        return new InputException($"{path}: {(Directory.Exists(path) ? "a folder, not a file" : "cannot be read")}", error);
    }
}
