using System.Text;
using Tests.Shared;
using Xunit;

namespace TorchAttention.Tests.Interop;

/// <summary>A file is there whole, old or new, whatever happens while it is written.</summary>
public class AtomicFileTests
{
    [Fact]
    public void ReplacesAFile()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("f", "a longer old text");
        AtomicFile.Write(path, 3, stream => stream.Write("new"u8));
        Assert.Equal("new", File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFiles(folder.Path));
    }

    /// <summary>Half-way, the old file is untouched and the new one beside it; after a failure the new one is gone.</summary>
    [Fact]
    public void KeepsTheOldFileTillTheNewOneIsWhole()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("f", "old");
        Assert.Throws<InvalidOperationException>(() => AtomicFile.Write(path, 6, stream =>
        {
            stream.Write("half"u8);
            stream.Flush();
            Assert.Equal("old", File.ReadAllText(path));
            Assert.Equal(2, Directory.GetFiles(folder.Path).Length);
            throw new InvalidOperationException();
        }));
        Assert.Equal("old", File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void TakesARelativePath()
    {
        var name = $"atomic-{Guid.NewGuid():N}";
        try
        {
            AtomicFile.Write(name, 1, stream => stream.Write(Encoding.UTF8.GetBytes("x")));
            Assert.Equal("x", File.ReadAllText(Path.Combine(Environment.CurrentDirectory, name)));
        }
        finally
        {
            File.Delete(name);
        }
    }
}
