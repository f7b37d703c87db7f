using System.Reflection;
using TorchAttention.Build;
using TorchAttention.Tests.Support;
using Xunit;

namespace TorchAttention.Tests.Build;

public class ElfVersionNeedsTests
{
    private const string Marker = "_ZSt21ios_base_library_initv";
    private const string Cpp = "libstdc++.so.6";

    [Fact]
    public void OnlyTheMissingVersionThatHoldsNothingButTheMarkerBecomesWeak()
    {
        byte[] original = Library().ToArray();
        byte[] image = [.. original];

        Assert.Equal(["GLIBCXX_3.4.32"], ElfVersionNeeds.Weaken(image, name => name == "GLIBCXX_3.4.30"));

        int changed = Assert.Single(Enumerable.Range(0, image.Length), i => image[i] != original[i]);
        Assert.Equal((0, 2), (original[changed], image[changed]));
        Assert.Empty(ElfVersionNeeds.Weaken(image, _ => false));
    }

    [Fact]
    public void AVersionThatTheSystemDefinesStays()
    {
        byte[] image = Library().ToArray();

        Assert.Empty(ElfVersionNeeds.Weaken(image, _ => true));

        Assert.Equal(Library().ToArray(), image);
    }

    [Fact]
    public void AVersionWithAnotherSymbolStays()
    {
        MadeUpElf library = Library();
        library.Needs.Add((Cpp, "GLIBCXX_3.4.33", "_ZNSt6thread4joinEv"));

        Assert.Equal(["GLIBCXX_3.4.32"], ElfVersionNeeds.Weaken(library.ToArray(), _ => false));
    }

    [Fact]
    public void AMarkerThatCodeRefersToStays()
    {
        MadeUpElf library = Library();
        library.Relocated = 3;

        Assert.Empty(ElfVersionNeeds.Weaken(library.ToArray(), _ => false));
    }

    [Fact]
    public void DefinitionsAreRead()
    {
        var library = new MadeUpElf { Definitions = { "libstdc++.so.6", "GLIBCXX_3.4", "GLIBCXX_3.4.30" } };

        Assert.Equal(library.Definitions.ToHashSet(), ElfVersionNeeds.Definitions(library.ToArray()));
    }

    [Fact]
    public void ADamagedFileIsAnErrorOrAsItWas()
    {
        MadeUpElf library = Library();
        library.Definitions.AddRange(["GLIBCXX_3.4", "GLIBCXX_3.4.30"]);
        byte[] image = library.ToArray();
        var damaged = Enumerable.Range(0, image.Length).Select(length => image[..length])
            .Concat(from at in Enumerable.Range(0, image.Length)
                    from value in new byte[] { 0x01, 0x7f, 0xff }
                    select (byte[])[.. image[..at], value, .. image[(at + 1)..]]);

        foreach (byte[] file in damaged)
        {
            byte[] before = [.. file];
            try
            {
                ElfVersionNeeds.Definitions(file);
                int weakened = ElfVersionNeeds.Weaken(file, _ => false).Count;
                Assert.Equal(weakened, before.Zip(file).Count(pair => pair.First != pair.Second));
            }
            catch (InvalidDataException)
            {
                Assert.Equal(before, file);
            }
        }
    }

    [Fact]
    public void TheRealLibraryNeedsNothingButTheMarkerOfGcc13()
    {
        byte[] original = File.ReadAllBytes(RealLibrary());
        byte[] image = [.. original];

        Assert.Equal(["GLIBCXX_3.4.32"], ElfVersionNeeds.Weaken(image, _ => false));

        Assert.Equal(1, original.Zip(image).Count(pair => pair.First != pair.Second));
        Assert.Empty(ElfVersionNeeds.Weaken(image, _ => false));
    }

    [Fact]
    public void TheSystemsLibraryDefinesWhatTheRealOneUses()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux has a libstdc++ to read.");
        int machine = new ElfFile(File.ReadAllBytes(RealLibrary())).Machine;
        var defined = SystemLibstdcxx.Definitions(machine, SystemLibstdcxx.Directories());
        Assert.SkipWhen(defined.Count == 0, "No libstdc++ for the library's machine type on this system.");

        Assert.Contains("GLIBCXX_3.4", defined);
    }

    [Fact]
    public void AVersionCountsAsDefinedOnlyIfEveryLibstdcxxOfTheMachineTypeDefinesIt()
    {
        const int x64 = 62;
        string root = Directory.CreateTempSubdirectory().FullName;
        try
        {
            Write("old", new MadeUpElf { Definitions = { "GLIBCXX_3.4", "GLIBCXX_3.4.30" } }.ToArray());
            Write("new", new MadeUpElf { Definitions = { "GLIBCXX_3.4", "GLIBCXX_3.4.30", "GLIBCXX_3.4.32" } }.ToArray());
            Write("text", [.. "INPUT(libstdc++.so)"u8]);

            Assert.Contains("GLIBCXX_3.4.32", Defined(x64, "none", "text", "new"));
            Assert.Equal(["GLIBCXX_3.4", "GLIBCXX_3.4.30"], Defined(x64, "new", "old").Order());
            Assert.Empty(Defined(x64 + 1, "new", "old"));
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }

        void Write(string directory, byte[] image)
            => File.WriteAllBytes(Path.Combine(Directory.CreateDirectory(Path.Combine(root, directory)).FullName, Cpp), image);

        ISet<string> Defined(int machine, params string[] directories)
            => SystemLibstdcxx.Definitions(machine, directories.Select(directory => Path.Combine(root, directory)));
    }

    private static MadeUpElf Library() => new()
    {
        Needs =
        {
            ("libc.so.6", "GLIBC_2.34", "malloc"),
            (Cpp, "GLIBCXX_3.4.30", "_ZSt4cout"),
            (Cpp, "GLIBCXX_3.4.32", Marker),
            ("libother.so.1", "OTHER_1", Marker),
        },
    };

    private static string RealLibrary()
    {
        string? package = Assembly.GetExecutingAssembly().GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(metadata => metadata.Key == "TorchSharpPackage").Value;
        string path = Path.Combine(package ?? "", "runtimes", "linux-x64", "native", "libLibTorchSharp.so");
        Assert.SkipUnless(File.Exists(path), "The TorchSharp package that this was built with is not on this machine.");
        return path;
    }
}
