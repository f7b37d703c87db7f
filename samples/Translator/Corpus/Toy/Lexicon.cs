namespace Translator.Corpus.Toy;

/// <summary>
/// Finds the words of the corpus by their French lemma. They are chosen so that each French word has
/// one English word in these sentences: no suivre (je suis is also I am), no possessive with fille
/// (ma fille is my daughter).
/// </summary>
public static class Lexicon
{
    /// <summary>How many words of the open classes, numerals and prepositions there are; pronouns and determiners not counted.</summary>
    public static int LemmaCount =>
        Nouns.All.Count + Nouns.Names.Count + Verbs.Conjugated.Count + Verbs.Reporting.Count + Verbs.Modals.Count
        + Adjectives.All.Count + Adverbs.All.Count + FunctionWords.Numerals.Count + Prepositions.OfPlace.Count;

    public static Noun Noun(string french) => Nouns.All.First(noun => noun.French == french);

    public static Name Name(string text) => Nouns.Names.First(name => name.Text == text);

    public static Verb Verb(string french) =>
        french == Verbs.Be.French ? Verbs.Be : Verbs.Conjugated.Concat(Verbs.Reporting).First(verb => verb.French == french);

    public static Modal Modal(string french) => Verbs.Modals.First(modal => modal.French == french);

    public static Adjective Adjective(string french) => Adjectives.All.First(adjective => adjective.French == french);

    public static Adverb Adverb(string french) => Adverbs.All.First(adverb => adverb.French == french);

    public static Numeral Numeral(string french) => FunctionWords.Numerals.First(numeral => numeral.French == french);
}
