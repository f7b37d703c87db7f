using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;

namespace TorchAttention.Build;

/// <summary>
/// Makes a native library that was built with a newer GCC loadable beside an older libstdc++.so.6.
/// Such a library asks for a version (GLIBCXX_3.4.32 with GCC 13) only for a marker symbol that no code refers to.
/// With the flag VER_FLG_WEAK on that need, the loader accepts that the version is missing; nothing else changes.
/// MSBuild compiles this file as an inline task, so it keeps to the APIs of .NET Standard 2.0.
/// </summary>
internal static class ElfVersionNeeds
{
    private const string Library = "libstdc++.so.6";
    private const string Marker = "_ZSt21ios_base_library_initv";
    private const int Weak = 2;
    private const int VersionIndex = 0x7fff; // the top bit says "hidden"

    /// <summary>The versions that a library defines, such as GLIBCXX_3.4.30.</summary>
    /// <exception cref="InvalidDataException">The image is not a well-formed ELF file.</exception>
    public static ISet<string> Definitions(byte[] image)
    {
        var elf = new ElfFile(image);
        // The first name of a definition is its own, those behind it are its predecessors'.
        return new HashSet<string>(
            from section in elf.Sections(ElfFile.VersionDefinitions)
            from definition in section.Chain(0, section.Info, nextAt: 16)
            select elf.Linked(section).Text(definition.From(definition.UInt32(12)).UInt32(0)));
    }

    /// <summary>
    /// Marks needed versions of libstdc++ as weak, in place: those for which <paramref name="isDefined"/> says no and
    /// which are safe to miss, because the marker is their only symbol and no relocation refers to it.
    /// </summary>
    /// <returns>The versions that were marked.</returns>
    /// <exception cref="InvalidDataException">The image is not a well-formed ELF file; it is as it was.</exception>
    public static IList<string> Weaken(byte[] image, Func<string, bool> isDefined)
    {
        var elf = new ElfFile(image);
        var missing = (
            from section in elf.Sections(ElfFile.VersionNeeds)
            let strings = elf.Linked(section)
            from library in section.Chain(0, section.Info, nextAt: 12)
            where strings.Text(library.UInt32(4)) == Library
            from need in library.Chain(library.UInt32(8), library.UInt16(2), nextAt: 12)
            let name = strings.Text(need.UInt32(8))
            where (need.UInt16(4) & Weak) == 0 && !isDefined(name) && IsSafe(elf, need.UInt16(6) & VersionIndex)
            select new { need, name }).ToList();
        missing.ForEach(version => version.need.SetUInt16(4, version.need.UInt16(4) | Weak));
        return missing.Select(version => version.name).ToList();
    }

    private static bool IsSafe(ElfFile elf, int version)
    {
        foreach (ElfRange versions in elf.Sections(ElfFile.SymbolVersions))
        {
            ElfRange symbols = elf.Linked(versions);
            ElfRange names = elf.Linked(symbols);
            for (long i = 0; i < versions.Size / 2; i++)
            {
                if ((versions.UInt16(2 * i) & VersionIndex) == version
                    && (names.Text(symbols.UInt32(24 * i)) != Marker || IsRelocated(elf, symbols, i)))
                {
                    return false;
                }
            }
        }

        return true;
    }

    private static bool IsRelocated(ElfFile elf, ElfRange symbols, long symbol)
    {
        foreach (ElfRange relocations in elf.Sections(ElfFile.Relocations).Where(r => elf.Linked(r) == symbols))
        {
            for (long at = 0; at < relocations.Size; at += 24)
            {
                if (relocations.UInt32(at + 12) == symbol)
                {
                    return true;
                }
            }
        }

        return false;
    }
}

/// <summary>The sections of a 64-bit little-endian ELF file.</summary>
internal sealed class ElfFile
{
    public const uint Relocations = 4;
    public const uint VersionDefinitions = 0x6ffffffd;
    public const uint VersionNeeds = 0x6ffffffe;
    public const uint SymbolVersions = 0x6fffffff;
    private const int HeaderSize = 64;
    private readonly List<ElfRange> _sections = [];

    public ElfFile(byte[] image)
    {
        var file = new ElfRange(image, 0, image.Length);
        if (file.UInt32(0) != 0x464c457f || file.UInt16(4) != 0x0102)
        {
            throw new InvalidDataException("Not a 64-bit little-endian ELF file.");
        }

        Machine = file.UInt16(0x12);
        for (int i = 0; i < file.UInt16(0x3c); i++)
        {
            ElfRange header = file.From(file.Int64(0x28)).From(i * HeaderSize);
            _sections.Add(new ElfRange(image, header.Int64(24), header.Int64(32))
            {
                Type = header.UInt32(4),
                Link = header.UInt32(40),
                Info = header.UInt32(44),
            });
        }
    }

    public int Machine { get; }

    public IEnumerable<ElfRange> Sections(uint type) => _sections.Where(section => section.Type == type);

    public ElfRange Linked(ElfRange section) => section.Link < _sections.Count
        ? _sections[(int)section.Link]
        : throw new InvalidDataException("A section of the ELF file refers to one that is not there.");
}

/// <summary>A part of an ELF file. Offsets count from its start, and one that leads out of it throws.</summary>
internal sealed class ElfRange
{
    private readonly byte[] _image;
    private readonly long _start;

    public ElfRange(byte[] image, long start, long size)
    {
        _image = image;
        _start = start;
        Size = size;
    }

    public long Size { get; }

    public uint Type { get; set; }

    public uint Link { get; set; }

    public uint Info { get; set; }

    public ushort UInt16(long offset) => BitConverter.ToUInt16(_image, At(offset, 2));

    public uint UInt32(long offset) => BitConverter.ToUInt32(_image, At(offset, 4));

    public long Int64(long offset) => BitConverter.ToInt64(_image, At(offset, 8));

    public void SetUInt16(long offset, int value) => BitConverter.GetBytes((ushort)value).CopyTo(_image, At(offset, 2));

    public string Text(long offset)
    {
        int start = At(offset, 1);
        int end = Array.IndexOf(_image, (byte)0, start);
        At(offset, end - start + 1L);
        return Encoding.UTF8.GetString(_image, start, end - start);
    }

    public ElfRange From(long offset) => new ElfRange(_image, At(offset, 0), Size - offset);

    /// <summary>A linked list of records, each given from its start to the end of this range.</summary>
    public IEnumerable<ElfRange> Chain(long offset, long count, int nextAt)
    {
        ElfRange record = From(offset);
        for (long i = 0; i < count; i++)
        {
            yield return record;
            long next = record.UInt32(nextAt);
            if (next == 0)
            {
                break;
            }

            record = record.From(next);
        }
    }

    private int At(long offset, long length)
    {
        bool inFile = _start >= 0 && Size >= 0 && _start <= _image.Length && Size <= _image.Length - _start;
        if (!inFile || offset < 0 || length < 0 || offset > Size || length > Size - offset)
        {
            throw new InvalidDataException("An offset in the ELF file leads out of its section or of the file.");
        }

        return (int)(_start + offset);
    }
}

/// <summary>What the C++ runtime library of this Linux system defines.</summary>
internal static class SystemLibstdcxx
{
    private static readonly string[] _directories =
        ["/lib64", "/usr/lib64", "/lib", "/usr/lib", "/usr/local/lib64", "/usr/local/lib"];

    /// <summary>Where a loader looks, as far as that is known without asking it.</summary>
    public static IEnumerable<string> Directories() =>
        (Environment.GetEnvironmentVariable("LD_LIBRARY_PATH") ?? "").Split(':').Where(Path.IsPathRooted)
            .Concat(_directories)
            .Concat(_directories.Where(Directory.Exists).SelectMany(d => Directory.GetDirectories(d, "*-linux-gnu")));

    /// <summary>
    /// The versions that every libstdc++ found for this machine type defines. Which of several a program will meet is
    /// not known when it is built, so a version that one of them lacks does not count. Empty when none is found.
    /// </summary>
    public static ISet<string> Definitions(int machine, IEnumerable<string> directories)
    {
        var found = directories
            .Select(directory => Path.Combine(directory, "libstdc++.so.6"))
            .Where(File.Exists)
            .Select(file => ReadDefinitions(file, machine))
            .Where(definitions => definitions.Count > 0)
            .ToList();
        foreach (ISet<string> other in found.Skip(1))
        {
            found[0].IntersectWith(other);
        }

        return found.FirstOrDefault() ?? new HashSet<string>();
    }

    private static ISet<string> ReadDefinitions(string file, int machine)
    {
        try
        {
            byte[] image = File.ReadAllBytes(file);
            return new ElfFile(image).Machine == machine ? ElfVersionNeeds.Definitions(image) : new HashSet<string>();
        }
        catch (Exception e) when (e is InvalidDataException || e is IOException || e is UnauthorizedAccessException)
        {
            return new HashSet<string>(); // a 32-bit or unreadable library: not the one that will be loaded
        }
    }
}

#if !NET // as an inline task this is compiled without any target framework symbol
/// <summary>Writes a loadable copy of a native library where one is needed; otherwise the copy does not exist.</summary>
public sealed class WriteLoadableLibrary : Microsoft.Build.Utilities.Task
{
    public string Source { get; set; }

    public string Copy { get; set; }

    /// <summary>"always" to do so for an older system than this one too.</summary>
    public string Fix { get; set; }

    public override bool Execute()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Copy));
        // Outputs may be hard links to the copy: it is replaced, never written to.
        File.Delete(Copy);
        byte[] image = File.ReadAllBytes(Source);
        try
        {
            ISet<string> defined = Fix == "always"
                ? new HashSet<string>()
                : SystemLibstdcxx.Definitions(new ElfFile(image).Machine, SystemLibstdcxx.Directories());
            IList<string> missing = ElfVersionNeeds.Weaken(image, defined.Contains);
            if (missing.Count > 0)
            {
                File.WriteAllBytes(Copy, image);
                Log.LogMessage(Microsoft.Build.Framework.MessageImportance.High,
                    "{0}: using a copy that also loads with a libstdc++ without {1}.", Path.GetFileName(Source), string.Join(", ", missing));
            }
        }
        catch (InvalidDataException e)
        {
            Log.LogWarning("{0} is left as it is: {1} TorchSharpNativeFix=never turns this off.", Source, e.Message);
        }

        return true;
    }
}
#endif
