using Translator.Corpus;
using Translator.Training;
using Xunit;

namespace Translator.Tests.Training;

public sealed class SealedFolderTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private string Sealed => folder.File("sealed");

    public SealedFolderTests() => SealedFolder.Write(Sealed, Fill);

    public void Dispose() => folder.Dispose();

    [Fact]
    public void WhatIsWrittenIsWholeAndListed()
    {
        Assert.Equal(["abc", "empty", "numbers"], SealedFolder.Verify(Sealed).Order());
        Assert.Equal(Sums.Of(Sealed), File.ReadAllLines(Path.Combine(Sealed, Sums.Name)));
        Assert.Equal([Sealed], Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public void AFailureLeavesNothing()
    {
        Assert.Throws<IOException>(() => SealedFolder.Write(folder.File("other"), path =>
        {
            Fill(path);
            throw new IOException("No space left on device");
        }));
        Assert.Equal([Sealed], Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public void WhatIsThereIsNotReplaced()
    {
        Assert.Throws<IOException>(() => SealedFolder.Write(Sealed, path => File.WriteAllText(Path.Combine(path, "other"), "")));
        Assert.Equal(3, SealedFolder.Verify(Sealed).Count);
        Assert.Equal([Sealed], Directory.GetFileSystemEntries(folder.Path));
    }

    /// <summary>The list's own last line end is the one byte that says nothing.</summary>
    [Fact]
    public void EveryFlippedBitAndEveryCutIsNoticed()
    {
        foreach (var path in Directory.GetFiles(Sealed))
        {
            var bytes = File.ReadAllBytes(path);
            for (var at = 0; at < 8 * bytes.Length; at++)
            {
                var flipped = bytes.ToArray();
                flipped[at / 8] ^= (byte)(1 << (at % 8));
                File.WriteAllBytes(path, flipped);
                Refused(path);
            }
            for (var length = Path.GetFileName(path) == Sums.Name ? bytes.Length - 2 : bytes.Length - 1; length >= 0; length--)
            {
                File.WriteAllBytes(path, bytes[..length]);
                Refused(path);
            }
            File.WriteAllBytes(path, bytes);
        }
        Assert.Equal(3, SealedFolder.Verify(Sealed).Count);
    }

    [Fact]
    public void AFileMoreOrLessIsNoticed()
    {
        var abc = Path.Combine(Sealed, "abc");
        File.Copy(abc, $"{abc}.text");
        Refused($"{abc}.text");
        File.Move($"{abc}.text", abc, overwrite: true);
        SealedFolder.Verify(Sealed);
        File.Delete(abc);
        Refused(abc);
        Directory.CreateDirectory(abc);
        Refused(abc);
    }

    /// <summary>Even where the sum is right.</summary>
    [Theory]
    [InlineData("../outside")]
    [InlineData("..")]
    [InlineData("/etc/hostname")]
    public void NothingOutsideIsRead(string name)
    {
        folder.Write("outside", "");
        File.WriteAllText(Path.Combine(Sealed, Sums.Name), $"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  {name}\n");
        Refused(Sums.Name);
    }

    private static void Fill(string path)
    {
        File.WriteAllText(Path.Combine(path, "abc"), "abc");
        File.WriteAllText(Path.Combine(path, "empty"), "");
        File.WriteAllBytes(Path.Combine(path, "numbers"), [1, 2, 3, 4, 5]);
    }

    private void Refused(string because) =>
        Assert.False(Record.Exception(() => SealedFolder.Verify(Sealed)) is not InputException, $"{because} was not refused as it should be");
}
