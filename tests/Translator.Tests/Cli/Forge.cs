using System.Buffers.Binary;
using System.Text;
using System.Text.RegularExpressions;

namespace Translator.Tests.Cli;

/// <summary>Makes files of a checkpoint that look right and cannot be; each says what it did.</summary>
internal static partial class Forge
{
    private static readonly string[] NoSizes = ["-1", "9223372036854775808", "1e999", "\"NaN\"", "[]", "{}", "\"wide\""];

    /// <summary>A field that is none, a text that is no JSON, or one that goes on and on.</summary>
    internal static string Json(string path, byte[] whole, Random random)
    {
        var text = Encoding.UTF8.GetString(whole);
        var isConfig = Path.GetFileName(path) == "config.json";
        var fields = Field().Matches(text);
        var field = fields[random.Next(fields.Count)];
        // Only in the config has every number a meaning that a negative one breaks; a list is none of anything.
        var value = isConfig ? NoSizes[random.Next(NoSizes.Length)] : "[[]]";
        if (isConfig && field.Groups["value"].Value.StartsWith('"') && value.StartsWith('"')) value = "-1";
        var forged = random.Next(5) switch
        {
            0 => text[..random.Next(text.Length - 3)],
            1 => string.Concat(Enumerable.Repeat("{\"a\":", 100_000)),
            2 => new string('[', 1 << 21),
            3 => $"null{(random.Next(2) == 0 ? "" : text)}",
            _ => $"{text[..field.Groups["value"].Index]}{value}{text[(field.Groups["value"].Index + field.Groups["value"].Length)..]}",
        };
        File.WriteAllText(path, forged);
        return $"{path} is {forged[..Math.Min(forged.Length, 1000)]}";
    }

    /// <summary>A header with another length, dtype, shape, name or place.</summary>
    internal static string Tensors(string path, byte[] whole, Random random)
    {
        var length = (int)BinaryPrimitives.ReadInt64LittleEndian(whole);
        var header = Encoding.UTF8.GetString(whole, 8, length);
        var forged = random.Next(7) switch
        {
            0 => Replace(header, "\"F32\"", random.Next(3) switch { 0 => "\"I32\"", 1 => "\"F64\"", _ => "\"F99\"" }, random),
            1 => Replace(header, "\"shape\":[", random.Next(2) == 0 ? "\"shape\":[4611686018427387904," : "\"shape\":[-1,", random),
            2 => Replace(header, "\"shape\":", "\"shape\":[NaN],\"was\":", random),
            3 => Replace(header, "\"data_offsets\":[", "\"data_offsets\":[1", random),
            4 => Replace(header, ".weight", ".width", random),
            5 => $"{new string('[', 200_000)}",
            _ => null,
        };
        if (forged is null)
        {
            var claimed = (long[])[long.MaxValue, -1, 100_000_000, length + 1, length - 1, 0];
            BinaryPrimitives.WriteInt64LittleEndian(whole = [.. whole], claimed[random.Next(claimed.Length)]);
            File.WriteAllBytes(path, whole);
            return $"{path} claims a header of {BinaryPrimitives.ReadInt64LittleEndian(whole)}";
        }
        var bytes = Encoding.UTF8.GetBytes(forged);
        var size = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(size, bytes.Length);
        File.WriteAllBytes(path, [.. size, .. bytes, .. whole[(8 + length)..]]);
        return $"{path} has the header {forged[..Math.Min(forged.Length, 1000)]}";
    }

    /// <summary>A line too many, too few, twice, empty, or of no text.</summary>
    internal static string Vocabulary(string path, byte[] whole, Random random)
    {
        var lines = Encoding.UTF8.GetString(whole).TrimEnd('\n').Split('\n').ToList();
        var at = random.Next(lines.Count);
        var kind = random.Next(5);
        if (kind == 0) lines.RemoveAt(at);
        else lines.Insert(at, kind switch { 1 => lines[0], 2 => "", 3 => "a b", _ => "\uFFFF" });
        byte[] bytes = [.. Encoding.UTF8.GetBytes(string.Join('\n', lines) + "\n")];
        if (kind == 4) bytes[^2] = 0xFF;
        File.WriteAllBytes(path, bytes);
        return $"{path} is {string.Join(' ', lines)}";
    }

    private static string Replace(string text, string old, string replacement, Random random)
    {
        var places = Regex.Matches(text, Regex.Escape(old));
        var place = places[random.Next(places.Count)].Index;
        return $"{text[..place]}{replacement}{text[(place + old.Length)..]}";
    }

    [GeneratedRegex("\": (?<value>[^{\\[,\\n]+)")]
    private static partial Regex Field();
}
