using System.Text;

namespace TorchAttention.Tests.Support;

/// <summary>
/// A small shared library that holds nothing but version tables: one symbol for each need, at the need's version.
/// </summary>
internal sealed class MadeUpElf
{
    private readonly MemoryStream _strings = new();

    public List<(string Library, string Version, string Symbol)> Needs { get; } = [];

    public List<string> Definitions { get; } = [];

    /// <summary>The symbol, counted from 1, that a relocation refers to; 0 is none.</summary>
    public int Relocated { get; set; }

    public byte[] ToArray()
    {
        _strings.SetLength(1);
        _strings.Position = 1;
        // The link of the version tables and symbols is the string table (1), that of versions and relocations the symbols (2).
        (uint Type, uint Link, int Info, byte[] Data)[] sections =
        [
            (0, 0, 0, []),
            (3, 0, 0, []),
            (11, 1, 1, Table(w =>
            {
                w.Write(new byte[24]);
                Needs.ForEach(need => { w.Write(Name(need.Symbol)); w.Write(new byte[20]); });
            })),
            (0x6fffffff, 2, 0, Table(w =>
            {
                w.Write((ushort)0);
                Needs.ForEach(need => w.Write((ushort)(0x8000 | Index(need))));
            })),
            (0x6ffffffe, 1, Needs.Select(need => need.Library).Distinct().Count(), Table(WriteNeeds)),
            (0x6ffffffd, 1, Definitions.Count, Table(WriteDefinitions)),
            (4, 2, 0, Table(w => { w.Write(0x10L); w.Write(7); w.Write(Relocated); w.Write(0L); })),
        ];
        sections[1].Data = _strings.ToArray();
        return Table(w => WriteFile(w, sections));
    }

    private int Index((string, string, string) need) => 2 + Needs.IndexOf(need);

    private uint Name(string text)
    {
        uint at = (uint)_strings.Length;
        _strings.Write(Encoding.ASCII.GetBytes(text + "\0"));
        return at;
    }

    private void WriteNeeds(BinaryWriter w)
    {
        var libraries = Needs.GroupBy(need => need.Library).ToList();
        foreach (var library in libraries)
        {
            int count = library.Count();
            w.Write((ushort)1);
            w.Write((ushort)count);
            w.Write(Name(library.Key));
            w.Write(16);
            w.Write(library == libraries[^1] ? 0 : 16 * (1 + count));
            foreach (var need in library)
            {
                w.Write(0);
                w.Write((ushort)0);
                w.Write((ushort)Index(need));
                w.Write(Name(need.Version));
                w.Write(need == library.Last() ? 0 : 16);
            }
        }
    }

    private void WriteDefinitions(BinaryWriter w)
    {
        foreach (string version in Definitions)
        {
            w.Write((ushort)1);
            w.Write((ushort)0);
            w.Write((ushort)1);
            w.Write((ushort)1);
            w.Write(0);
            w.Write(20);
            w.Write(version == Definitions[^1] ? 0 : 28);
            w.Write(Name(version));
            w.Write(0);
        }
    }

    private static void WriteFile(BinaryWriter w, (uint Type, uint Link, int Info, byte[] Data)[] sections)
    {
        const int headerSize = 64;
        w.Write([0x7f, .. "ELF"u8, 2, 1, 1, .. new byte[9]]);
        w.Write((ushort)3);
        w.Write((ushort)62);
        w.Write(new byte[20]);
        w.Write((long)headerSize); // the section headers follow the file's header
        w.Write(new byte[10]);
        w.Write((ushort)headerSize);
        w.Write((ushort)sections.Length);
        w.Write((ushort)0);
        long offset = headerSize * (1 + sections.Length);
        foreach (var (type, link, info, data) in sections)
        {
            w.Write(0);
            w.Write(type);
            w.Write(new byte[16]);
            w.Write(offset);
            w.Write((long)data.Length);
            w.Write(link);
            w.Write(info);
            w.Write(new byte[16]);
            offset += data.Length;
        }

        Array.ForEach(sections, section => w.Write(section.Data));
    }

    private static byte[] Table(Action<BinaryWriter> write)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        write(writer);
        return stream.ToArray();
    }
}
