namespace Translator.Corpus.Toy;

/// <summary>A language of the corpus: how it says a meaning and how it is written.</summary>
/// <param name="Name">In English.</param>
/// <param name="Code">As in the names of files (ISO 639-1).</param>
/// <param name="Realiser">Says a meaning.</param>
/// <param name="Separator">Stands between tokens: nothing where they are characters.</param>
/// <param name="MostTokens">A longer sentence is left out of the corpus.</param>
public sealed record Language(string Name, string Code, IRealiser Realiser, string Separator, int MostTokens)
{
    public static Language Chinese { get; } = new("Chinese", "zh", new ChineseRealiser(), "", 24);

    public static Language English { get; } = new("English", "en", new EnglishRealiser(), " ", 14);

    public static Language French { get; } = new("French", "fr", new FrenchRealiser(), " ", 14);

    /// <summary>Those that the corpus has sentences of, each with their English translations.</summary>
    public static IReadOnlyList<Language> Sources { get; } = [French, Chinese];

    /// <summary>From it to English, as in <c>fr-en</c>.</summary>
    public string Pair => $"{Code}-{English.Code}";

    public string Join(IEnumerable<Token> tokens) => string.Join(Separator, tokens.Select(token => token.Text));

    public string[] Split(string sentence) =>
        Separator.Length == 0 ? [.. sentence.Select(character => character.ToString())] : sentence.Split(Separator);
}
