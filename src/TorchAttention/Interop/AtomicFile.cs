namespace TorchAttention;

/// <summary>Replaces a file whole or not at all.</summary>
internal static class AtomicFile
{
    /// <summary>
    /// Writes a temporary file beside the target, flushes it to the disk and gives it the target's name. If anything fails before
    /// that, the target is as it was.
    /// </summary>
    /// <param name="path">The target; if it exists, it is replaced.</param>
    /// <param name="length">How many bytes will be written: a disk without room for them refuses at once.</param>
    /// <param name="write">Writes the content.</param>
    internal static void Write(string path, long length, Action<Stream> write)
    {
        var target = Path.GetFullPath(path);
        if (Directory.Exists(target)) throw new IOException($"{path} is a directory; a file is to be written.");

        var temporary = $"{target}.{Path.GetRandomFileName()}.tmp";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, PreallocationSize = length };
        var stream = new FileStream(temporary, options);
        try
        {
            using (stream)
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }
            File.Move(temporary, target, overwrite: true);
        }
        catch (ArgumentOutOfRangeException tooLong) // .NET's word for a file that the system lets grow no further
        {
            File.Delete(temporary);
            throw new IOException($"{path} cannot be written: {tooLong.Message}", tooLong);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }
}
