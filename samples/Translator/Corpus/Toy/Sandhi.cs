namespace Translator.Corpus.Toy;

/// <summary>What words do to their neighbours: elision, liaison forms, contraction, a and an.</summary>
public static class Sandhi
{
    private const string FrenchVowels = "aeiouyhàâéèêëîïôœù";
    private const string EnglishVowels = "aeiou";

    private static readonly Dictionary<(string, string), string> Contractions = new()
    {
        [("à", "le")] = "au",
        [("à", "les")] = "aux",
        [("de", "le")] = "du",
        [("de", "les")] = "des",
    };

    /// <summary>Elides (l' homme, qu' il, cet arbre), then contracts (du chat).</summary>
    public static IReadOnlyList<Token> French(IReadOnlyList<Token> tokens) =>
        Contract(MeetVowels(tokens, next => FrenchVowels.Contains(next[0]) && !IsAspirated(next)));

    public static IReadOnlyList<Token> English(IReadOnlyList<Token> tokens) =>
        MeetVowels(tokens, next => EnglishVowels.Contains(next[0]));

    private static List<Token> MeetVowels(IReadOnlyList<Token> tokens, Func<string, bool> startsWithVowel)
    {
        var result = new List<Token>(tokens);
        for (var i = 0; i + 1 < result.Count; i++)
            if (result[i].BeforeVowel is { } form && startsWithVowel(result[i + 1].Text))
                result[i] = result[i] with { Text = form };
        return result;
    }

    private static List<Token> Contract(List<Token> tokens)
    {
        var result = new List<Token>();
        foreach (var token in tokens)
        {
            if (result.Count > 0 && Contractions.TryGetValue((result[^1].Text, token.Text), out var contracted))
                result[^1] = new(contracted, null, [.. result[^1].Concepts, .. token.Concepts]);
            else
                result.Add(token);
        }
        return result;
    }

    private static bool IsAspirated(string word) => word is "hibou" or "hiboux";
}
