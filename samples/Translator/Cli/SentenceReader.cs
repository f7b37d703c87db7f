using System.Globalization;
using Translator.Corpus;
using Translator.Text;

namespace Translator.Cli;

/// <summary>
/// Cuts lines into tokens. A line that is no sentence is named on the standard error and taken for a blank one, so that the lines after
/// it are translated too and stay in their places.
/// </summary>
/// <param name="codec">What cuts.</param>
/// <param name="maxTokens">A longer line is no sentence.</param>
/// <param name="name">What messages call the input.</param>
internal sealed class SentenceReader(TextCodec codec, int maxTokens, string name)
{
    /// <summary>A sentence has no more tokens unless it is allowed to.</summary>
    internal const int MostTokens = 1000;

    /// <summary>Of a file that is no text at all, the first lines tell enough.</summary>
    private const int MostNamed = 10;

    private long lines, faulty;

    /// <summary>The tokens of a line.</summary>
    internal string[] Read(TextLine line)
    {
        lines++;
        var tokens = line.Fault is null ? codec.Split(line.Text) : [];
        if ((line.Fault ?? Fault(tokens, maxTokens)) is not { } fault) return tokens;
        if (++faulty <= MostNamed) Console.Error.WriteLine($"error: {InputException.At(name, line.Number, fault).Message}");
        return [];
    }

    /// <summary>Why tokens are too many for a sentence, or null if they are not.</summary>
    internal static string? Fault(string[] tokens, int maxTokens) => tokens.Length <= maxTokens
        ? null
        : string.Create(CultureInfo.InvariantCulture, $"{tokens.Length:N0} tokens; a sentence may have {maxTokens:N0} (--max-tokens)");

    /// <summary>Counts the lines that were left blank.</summary>
    /// <returns>The command's exit code.</returns>
    internal int Report()
    {
        if (faulty == 0) return 0;
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"error: {name}: {faulty:N0} of {lines:N0} lines could not be translated; their translations are blank"));
        return CommandLine.BadInput;
    }
}
