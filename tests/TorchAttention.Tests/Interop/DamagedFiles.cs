using System.Text;
using Tests.Shared;
using TorchAttention.Tests.Support;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Interop;

/// <summary>
/// Files damaged at random, the same every time. Each is refused, or holds tensors of exactly the shape that it states: nothing
/// outside the file is read, and nothing larger than it is made.
/// </summary>
public class DamagedFiles
{
    private const int FilesPerSeed = 250;

    private static readonly Func<Random, byte[], byte[]>[] Damages =
    [
        FlipBits, FlipBitsOfTheHeader, CutOff, GoOn, ClaimALength, ChangeANumber, ChangeANumber, ChangeAWord, Splice,
    ];

    private static readonly string[] Numbers =
    [
        "0", "1", "2", "3", "4", "7", "8", "16", "60", "64", "1000000", "2147483648", "4294967296", "4611686018427387904", "9223372036854775807",
        "9223372036854775808", "18446744073709551615", "-1", "-9223372036854775808", "1.5", "1e9", "NaN", "null", "\"1\"", "[]", "{}",
    ];

    private static readonly string[] Words =
    [
        "F64", "F32", "F16", "BF16", "I64", "I8", "U8", "BOOL", "F8_E4M3", "dtype", "shape", "data_offsets", "__metadata__", "weight", "", "\\ud800",
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void AreRefusedOrHoldWhatTheySay(int seed)
    {
        using var folder = new TemporaryFolder();
        var random = new Random(seed);
        var whole = Whole(folder);
        var refused = 0;
        for (var n = 0; n < FilesPerSeed; n++)
        {
            var content = whole;
            var names = new List<string>();
            for (var damage = random.Next(1, 3); damage > 0; damage--)
            {
                var chosen = Damages[random.Next(Damages.Length)];
                names.Add(chosen.Method.Name);
                content = chosen(random, content);
            }
            var path = folder.Write("f", content);
            NoLeaks.LeavesNone(() => refused += IsRefused(path, content.Length) ? 1 : 0, $"seed {seed}, file {n}, {string.Join(", ", names)}");
        }
        // Damage to the numbers alone cannot be seen, and some cancels out.
        Assert.InRange(refused, FilesPerSeed / 2, FilesPerSeed - 1);
    }

    private static bool IsRefused(string path, long length)
    {
        using var scope = NewDisposeScope();
        try
        {
            using var file = Safetensors.Open(path);
            var loaded = 0L;
            foreach (var name in file.Names)
            {
                if (file.DType(name) is not { } dtype) continue;
                var tensor = file.Load(name);
                Assert.Equal(file.Shape(name), tensor.shape);
                Assert.Equal(dtype, tensor.dtype);
                loaded += SafetensorsContent.Bits(tensor).Length;
            }
            Assert.InRange(loaded, 0, length);
            return false;
        }
        catch (InvalidDataException refusal)
        {
            Assert.Contains(path, refusal.Message);
            return true;
        }
    }

    private static byte[] Whole(TemporaryFolder folder)
    {
        using var scope = NewDisposeScope();
        var data = new Data(9);
        Safetensors.Save(
            folder.File("whole"),
            [
                ("weight", data.Normal(ScalarType.Float32, 3, 5)), ("half", data.Normal(ScalarType.BFloat16, 2, 2)), ("flags", data.Bool(0.5, 7)),
                ("none", data.Normal(ScalarType.Float64, 0, 3)), ("one", data.Normal(ScalarType.Float64)),
            ],
            new Dictionary<string, string> { ["format"] = "pt" });
        return File.ReadAllBytes(folder.File("whole"));
    }

    private static byte[] FlipBits(Random random, byte[] content) => FlipBits(random, content, content.Length);

    private static byte[] FlipBitsOfTheHeader(Random random, byte[] content) => FlipBits(random, content, Math.Min(content.Length, 300));

    private static byte[] FlipBits(Random random, byte[] content, int within)
    {
        byte[] copy = [.. content];
        for (var n = random.Next(1, 4); n > 0 && within > 0; n--) copy[random.Next(within)] ^= (byte)(1 << random.Next(8));
        return copy;
    }

    private static byte[] CutOff(Random random, byte[] content) => content[..random.Next(content.Length + 1)];

    private static byte[] GoOn(Random random, byte[] content) => [.. content, .. content[..random.Next(content.Length + 1)]];

    private static byte[] ClaimALength(Random random, byte[] content)
    {
        long[] lengths = [0, 1, 8, content.Length - 8, content.Length, 100_000_000, 1L << 31, 1L << 32, long.MaxValue, -1, random.NextInt64()];
        return content.Length < 8 ? content : [.. BitConverter.GetBytes(lengths[random.Next(lengths.Length)]), .. content[8..]];
    }

    private static byte[] ChangeANumber(Random random, byte[] content) =>
        Replace(random, content, letter => char.IsAsciiDigit(letter), Numbers);

    private static byte[] ChangeAWord(Random random, byte[] content) =>
        Replace(random, content, letter => char.IsAsciiLetterOrDigit(letter) || letter == '_', Words);

    /// <summary>A piece of the file over another piece.</summary>
    private static byte[] Splice(Random random, byte[] content)
    {
        byte[] copy = [.. content];
        var length = random.Next(Math.Min(64, content.Length + 1));
        content.AsSpan(random.Next(content.Length - length + 1), length).CopyTo(copy.AsSpan(random.Next(content.Length - length + 1)));
        return copy;
    }

    /// <summary>Puts another word in the place of one in the header, whose length is set right: the damage is in what it says.</summary>
    private static byte[] Replace(Random random, byte[] content, Func<char, bool> belongs, string[] words)
    {
        if (content.Length < 8) return content;
        var length = BitConverter.ToInt64(content);
        if (length < 1 || length > content.Length - 8) return content;
        var header = Encoding.Latin1.GetString(content, 8, (int)length);
        var places = Enumerable.Range(0, header.Length).Where(at => belongs(header[at]) && (at == 0 || !belongs(header[at - 1]))).ToList();
        if (places.Count == 0) return content;
        var start = places[random.Next(places.Count)];
        var end = start;
        while (end < header.Length && belongs(header[end])) end++;
        return SafetensorsContent.Of(Encoding.Latin1.GetBytes(header[..start] + words[random.Next(words.Length)] + header[end..]), content[(8 + (int)length)..]);
    }
}
