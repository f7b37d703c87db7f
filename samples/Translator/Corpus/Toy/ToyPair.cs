namespace Translator.Corpus.Toy;

/// <summary>A sentence, its translation and which words belong together.</summary>
/// <param name="Source">Lower case; French tokens are apart by one space, Chinese ones are characters.</param>
/// <param name="Target">English, likewise.</param>
/// <param name="Links">Pharaoh format: 0-based source-target pairs of tokens, sorted, as in "0-0 1-2".</param>
public sealed record ToyPair(string Source, string Target, string Links)
{
    public static ToyPair Of(Sentence meaning, Language from)
    {
        var source = from.Realiser.Realise(meaning);
        var target = Language.English.Realiser.Realise(meaning);
        return new(from.Join(source), Language.English.Join(target), Link(source, target));
    }

    private static string Link(IReadOnlyList<Token> source, IReadOnlyList<Token> target) =>
        string.Join(' ',
            from i in Enumerable.Range(0, source.Count)
            from j in Enumerable.Range(0, target.Count)
            where source[i].Concepts.Any(target[j].Concepts.Contains)
            select $"{i}-{j}");
}
