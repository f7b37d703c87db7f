namespace Translator.Text;

/// <summary>The four tokens that every vocabulary begins with, at fixed ids.</summary>
public static class SpecialTokens
{
    /// <summary>Fills a batch up to its longest sentence.</summary>
    public const string Pad = "<pad>";

    /// <summary>Stands for every word that the vocabulary lacks.</summary>
    public const string Unknown = "<unk>";

    /// <summary>Begins a sentence.</summary>
    public const string Begin = "<s>";

    /// <summary>Ends a sentence.</summary>
    public const string End = "</s>";

    /// <summary>The id of <see cref="Pad"/>.</summary>
    public const long PadId = 0;

    /// <summary>The id of <see cref="Unknown"/>.</summary>
    public const long UnknownId = 1;

    /// <summary>The id of <see cref="Begin"/>.</summary>
    public const long BeginId = 2;

    /// <summary>The id of <see cref="End"/>.</summary>
    public const long EndId = 3;

    /// <summary>The special tokens in the order of their ids.</summary>
    public static IReadOnlyList<string> All { get; } = [Pad, Unknown, Begin, End];

    /// <summary>Whether a word is spelled as a special token.</summary>
    public static bool Contains(string token) => token is Pad or Unknown or Begin or End;
}
