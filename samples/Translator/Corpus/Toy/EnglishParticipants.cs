using static Translator.Corpus.Toy.Determiner;

namespace Translator.Corpus.Toy;

/// <summary>English noun phrases, names and pronouns.</summary>
internal static class EnglishParticipants
{
    public static void Add(Phrase phrase, Participant participant, string path, bool afterNegation = false)
    {
        switch (participant)
        {
            case NounPhrase noun: AddNounPhrase(phrase, noun, path, afterNegation); break;
            case ProperName proper: phrase.Add(proper.Name.Text, path); break;
            case Pronoun pronoun: phrase.Add(Object(pronoun), path); break;
            case Who: phrase.Add("who", path); break;
            case Pair pair:
                Add(phrase, pair.First, Concepts.First(path));
                phrase.Add(FunctionWords.And.English, Concepts.Of(path, Concepts.Conjunction));
                Add(phrase, pair.Second, Concepts.Second(path));
                break;
        }
    }

    public static void AddSubject(Phrase phrase, Participant subject, string path)
    {
        if (subject is Pronoun pronoun) phrase.Add(Subject(pronoun), path);
        else Add(phrase, subject, path);
    }

    /// <summary>Adjectives and noun, without what stands before them.</summary>
    public static void AddNominal(Phrase phrase, NounPhrase noun, string path)
    {
        if (noun.Numeral is { } numeral) phrase.Add(numeral.English, Concepts.Numeral(path));
        for (var i = 0; i < noun.Adjectives.Count; i++)
            phrase.Add(noun.Adjectives[i].English, Concepts.Adjective(path, i));
        var text = noun.Number == Number.Plural ? EnglishMorphology.Plural(noun.Noun.English) : noun.Noun.English;
        phrase.Add(text, Concepts.Noun(path));
    }

    private static void AddNounPhrase(Phrase phrase, NounPhrase noun, string path, bool afterNegation)
    {
        if (noun.Owner is { } owner)
        {
            Add(phrase, owner, Concepts.Owner(path));
            phrase.Add("'s", Concepts.Preposition(path));
        }
        else
        {
            AddDeterminer(phrase, noun, Concepts.Determiner(path), afterNegation);
        }
        AddNominal(phrase, noun, path);
    }

    private static void AddDeterminer(Phrase phrase, NounPhrase noun, string concept, bool afterNegation)
    {
        var isOne = noun.Number == Number.Singular && noun.Noun.Countability != Countability.Mass;
        if (noun.Determiner == Indefinite && isOne) phrase.AddElidable("a", "an", concept);
        else if (noun.Determiner != None) phrase.Add(Form(noun, afterNegation), concept);
    }

    private static string Form(NounPhrase noun, bool afterNegation) => noun.Determiner switch
    {
        Definite => "the",
        Indefinite => afterNegation ? "any" : "some",
        Demonstrative => noun.Number == Number.Plural ? "these" : "this",
        My => "my",
        Our => "our",
        Their => "their",
        _ => "your",
    };

    private static string Subject(Pronoun pronoun) => Choose(pronoun, "i", "he", "she", "we", "they");

    private static string Object(Pronoun pronoun) => Choose(pronoun, "me", "him", "her", "us", "them");

    private static string Choose(Pronoun pronoun, string i, string he, string she, string we, string they) =>
        (pronoun.Person, pronoun.Number, pronoun.Gender) switch
        {
            (Person.Second, _, _) => "you",
            (Person.First, Number.Singular, _) => i,
            (Person.First, _, _) => we,
            (_, Number.Plural, _) => they,
            (_, _, Gender.Masculine) => he,
            _ => she,
        };
}
