namespace Translator.Corpus.Toy;

/// <summary>A sentence, its translation and which words belong together.</summary>
/// <param name="Source">French, lower case, its tokens apart by one space.</param>
/// <param name="Target">English, likewise.</param>
/// <param name="Links">Pharaoh format: 0-based source-target pairs, sorted, as in "0-0 1-2".</param>
public sealed record ToyPair(string Source, string Target, string Links)
{
    private static readonly FrenchRealiser French = new();
    private static readonly EnglishRealiser English = new();

    public static ToyPair Of(Sentence meaning)
    {
        var source = French.Realise(meaning);
        var target = English.Realise(meaning);
        return new(Join(source), Join(target), Link(source, target));
    }

    private static string Join(IEnumerable<Token> tokens) => string.Join(' ', tokens.Select(token => token.Text));

    private static string Link(IReadOnlyList<Token> source, IReadOnlyList<Token> target) =>
        string.Join(' ',
            from i in Enumerable.Range(0, source.Count)
            from j in Enumerable.Range(0, target.Count)
            where source[i].Concepts.Any(target[j].Concepts.Contains)
            select $"{i}-{j}");
}
