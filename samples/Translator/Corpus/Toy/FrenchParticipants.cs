using static Translator.Corpus.Toy.Determiner;

namespace Translator.Corpus.Toy;

/// <summary>French noun phrases, names and pronouns.</summary>
internal static class FrenchParticipants
{
    public static void Add(Phrase phrase, Participant participant, string path, bool afterNegation = false)
    {
        switch (participant)
        {
            case NounPhrase noun: AddNounPhrase(phrase, noun, path, afterNegation); break;
            case ProperName proper: phrase.Add(proper.Name.Text, path); break;
            case Pronoun pronoun: phrase.Add(Stressed(pronoun), path); break;
            case Who: phrase.Add("qui", path); break;
            case Pair pair:
                Add(phrase, pair.First, Concepts.First(path));
                phrase.Add(FunctionWords.And.French, Concepts.Of(path, Concepts.Conjunction));
                Add(phrase, pair.Second, Concepts.Second(path));
                break;
        }
    }

    public static void AddSubject(Phrase phrase, Participant subject, string path)
    {
        if (subject is not Pronoun pronoun) Add(phrase, subject, path);
        else if (pronoun is { Person: Person.First, Number: Number.Singular }) phrase.AddElidable("je", "j'", path);
        else phrase.Add(Subject(pronoun), path);
    }

    /// <summary>The pronoun before the verb: le vois, leur parle. A recipient's says to and whom in one word.</summary>
    public static void AddClitic(Phrase phrase, Pronoun pronoun, string path, bool isRecipient)
    {
        var text = Clitic(pronoun, isRecipient);
        string[] concepts = isRecipient ? [path, Concepts.Preposition(path)] : [path];
        if (text is "me" or "te" or "le" or "la") phrase.AddElidable(text, text[0] + "'", concepts);
        else phrase.Add(text, concepts);
    }

    public static void AddDe(Phrase phrase, params string[] concepts) => phrase.AddElidable("de", "d'", concepts);

    public static void AddPreposition(Phrase phrase, Preposition preposition, string path)
    {
        var words = preposition.French.Split(' ');
        foreach (var word in words)
        {
            if (word == "de") AddDe(phrase, path);
            else phrase.Add(word, path);
        }
    }

    private static void AddNounPhrase(Phrase phrase, NounPhrase noun, string path, bool afterNegation)
    {
        var agreement = Agreement.Of(noun);
        AddDeterminer(phrase, noun, path, afterNegation);
        if (noun.Numeral is { } numeral) phrase.Add(numeral.French, Concepts.Numeral(path));
        AddAdjectives(phrase, noun, path, beforeNoun: true);
        phrase.Add(agreement.Number == Number.Plural ? FrenchMorphology.Plural(noun.Noun.French) : noun.Noun.French, Concepts.Noun(path));
        AddAdjectives(phrase, noun, path, beforeNoun: false);
        if (noun.Owner is not { } owner) return;

        AddDe(phrase, Concepts.Preposition(path));
        Add(phrase, owner, Concepts.Owner(path));
    }

    private static void AddAdjectives(Phrase phrase, NounPhrase noun, string path, bool beforeNoun)
    {
        for (var i = 0; i < noun.Adjectives.Count; i++)
        {
            if (noun.Adjectives[i].BeforeNoun != beforeNoun) continue;
            var agreement = Agreement.Of(noun);
            var adjective = noun.Adjectives[i].French;
            var text = FrenchMorphology.Inflect(adjective, agreement);
            phrase.AddElidable(text, FrenchMorphology.InflectBeforeVowel(adjective, agreement) ?? text, Concepts.Adjective(path, i));
        }
    }

    private static void AddDeterminer(Phrase phrase, NounPhrase noun, string path, bool afterNegation)
    {
        var concept = Concepts.Determiner(path);
        var (_, number, gender) = Agreement.Of(noun);
        switch (noun.Determiner)
        {
            case None:
                break;
            case Definite when noun.Owner is not null:
                AddArticle(phrase, number, gender); // English says 's instead
                break;
            case Definite:
                AddArticle(phrase, number, gender, concept);
                break;
            case Indefinite when afterNegation:
                AddDe(phrase, concept);
                break;
            case Indefinite when noun.Noun.Countability == Countability.Mass:
                AddDe(phrase, concept);
                AddArticle(phrase, number, gender, concept);
                break;
            case Indefinite when number == Number.Plural:
                phrase.Add(noun.Adjectives.Any(adjective => adjective.BeforeNoun) ? "de" : "des", concept);
                break;
            default:
                var (text, beforeVowel) = Form(noun.Determiner, number, gender);
                phrase.AddElidable(text, beforeVowel, concept);
                break;
        }
    }

    private static void AddArticle(Phrase phrase, Number number, Gender gender, params string[] concepts)
    {
        if (number == Number.Plural) phrase.Add("les", concepts);
        else phrase.AddElidable(gender == Gender.Masculine ? "le" : "la", "l'", concepts);
    }

    private static (string Text, string BeforeVowel) Form(Determiner determiner, Number number, Gender gender)
    {
        var forms = determiner switch
        {
            Indefinite => "un une un une _",
            Demonstrative => "ce cette cet cette ces",
            My => "mon ma mon mon mes",
            Your => "ton ta ton ton tes",
            Our => "notre notre notre notre nos",
            YourPlural => "votre votre votre votre vos",
            _ => "leur leur leur leur leurs",
        };
        var cells = forms.Split(' ');
        var column = gender == Gender.Masculine ? 0 : 1;
        return number == Number.Plural ? (cells[4], cells[4]) : (cells[column], cells[column + 2]);
    }

    private static string Subject(Pronoun pronoun) => Choose(pronoun, "je", "tu", "il", "elle", "nous", "vous", "ils", "elles");

    private static string Stressed(Pronoun pronoun) => Choose(pronoun, "moi", "toi", "lui", "elle", "nous", "vous", "eux", "elles");

    private static string Clitic(Pronoun pronoun, bool isRecipient) => isRecipient
        ? Choose(pronoun, "me", "te", "lui", "lui", "nous", "vous", "leur", "leur")
        : Choose(pronoun, "me", "te", "le", "la", "nous", "vous", "les", "les");

    private static string Choose(
        Pronoun pronoun, string i, string you, string he, string she, string we, string youAll, string they, string theyAll) =>
        (pronoun.Person, pronoun.Number, pronoun.Gender) switch
        {
            (Person.First, Number.Singular, _) => i,
            (Person.Second, Number.Singular, _) => you,
            (Person.Third, Number.Singular, Gender.Masculine) => he,
            (Person.Third, Number.Singular, _) => she,
            (Person.First, _, _) => we,
            (Person.Second, _, _) => youAll,
            (_, _, Gender.Masculine) => they,
            _ => theyAll,
        };
}
