using System.Text;
using Translator.Corpus;

namespace Translator.Text;

/// <summary>A vocabulary as a file: UTF-8, one token a line, line n holding id n - 1.</summary>
internal static class VocabularyFile
{
    /// <summary>More bytes than this no vocabulary and no list of merges has.</summary>
    public const long Largest = 1 << 26;

    /// <summary>The words of a file without its special tokens.</summary>
    /// <exception cref="InputException">The file breaks the format; the message names the line.</exception>
    public static IEnumerable<string> Read(string path)
    {
        var tokens = new List<string>();
        var lines = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var token in TextLines.Plain(path, Largest))
        {
            var number = tokens.Count + 1;
            if (number <= SpecialTokens.All.Count && token != SpecialTokens.All[number - 1])
                throw InputException.At(path, number, $"expected {SpecialTokens.All[number - 1]}, found '{token}'");
            if (Fault(token) is { } fault)
                throw InputException.At(path, number, fault);
            if (!lines.TryAdd(token, number))
                throw InputException.At(path, number, $"'{token}' stands on line {lines[token]} already");
            tokens.Add(token);
        }
        if (tokens.Count < SpecialTokens.All.Count)
            throw InputException.At(path, tokens.Count + 1, $"expected {SpecialTokens.All[tokens.Count]}, found the end");
        return tokens.Skip(SpecialTokens.All.Count);
    }

    /// <summary>Writes beside the file and then takes its place, so that a crash never leaves half a vocabulary.</summary>
    public static void Write(string path, IReadOnlyList<string> tokens)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write))
            {
                stream.Write(Encoding.UTF8.GetBytes(string.Concat(tokens.Select(token => token + "\n"))));
                stream.Flush(flushToDisk: true);
            }
            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            if (File.Exists(temporary))
                File.Delete(temporary);
        }
    }

    /// <summary>Why a token could not be read back from its line, or null if it can.</summary>
    public static string? Fault(string token)
    {
        if (token.Length == 0)
            return "an empty token";
        if (token.Any(WhitespaceTokenizer.IsSpace))
            return "a token with whitespace inside";
        return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(token)) != token
            ? "a token with half a surrogate pair"
            : null;
    }
}
