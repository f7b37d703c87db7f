using static Translator.Corpus.Toy.Determiner;

namespace Translator.Corpus.Toy;

/// <summary>Chinese noun phrases, names and pronouns.</summary>
internal static class ChineseParticipants
{
    public static void Add(Phrase phrase, Participant participant, string path, bool afterNegation = false)
    {
        switch (participant)
        {
            case NounPhrase noun: AddNounPhrase(phrase, noun, path, afterNegation); break;
            case ProperName proper: phrase.AddCharacters(ChineseNouns.Of(proper.Name), path); break;
            case Pronoun pronoun: phrase.AddCharacters(Of(pronoun), path); break;
            case Who: phrase.AddCharacters("谁", path); break;
            case Pair pair:
                Add(phrase, pair.First, Concepts.First(path));
                phrase.AddCharacters("和", Concepts.Of(path, Concepts.Conjunction));
                Add(phrase, pair.Second, Concepts.Second(path));
                break;
        }
    }

    private static void AddNounPhrase(Phrase phrase, NounPhrase noun, string path, bool afterNegation)
    {
        if (noun.Owner is { } owner)
        {
            Add(phrase, owner, Concepts.Owner(path));
            phrase.AddCharacters("的", Concepts.Preposition(path));
        }
        AddDeterminer(phrase, noun, path, afterNegation);
        if (noun.Numeral is { } numeral)
            phrase.AddCharacters(ChineseWords.Of(numeral) + ChineseNouns.Of(noun.Noun).Measure, Concepts.Numeral(path));
        for (var i = 0; i < noun.Adjectives.Count; i++)
        {
            var adjective = ChineseWords.Of(noun.Adjectives[i], noun);
            phrase.AddCharacters(adjective.Text + (adjective.TakesDe ? "的" : ""), Concepts.Adjective(path, i));
        }
        // What English says and Chinese leaves out is the noun's: 你没有钥匙, you do not have a key.
        string[] unsaid = afterNegation && noun.Determiner == Indefinite && !IsMany(noun) ? [Concepts.Determiner(path)] : [];
        phrase.AddCharacters(ChineseNouns.Of(noun.Noun).Text, [Concepts.Noun(path), .. unsaid]);
    }

    /// <summary>The measure word stays with the numeral if there is one: 那只猫, 那些猫, 那两只猫, 我的猫, 我的那些猫, 我的两只猫.</summary>
    private static void AddDeterminer(Phrase phrase, NounPhrase noun, string path, bool afterNegation)
    {
        var concept = Concepts.Determiner(path);
        var measure = noun.Numeral is not null ? "" : IsMany(noun) ? "些" : ChineseNouns.Of(noun.Noun).Measure;
        switch (noun.Determiner)
        {
            case None:
                break;
            case Indefinite when afterNegation:
                phrase.AddCharacters(IsMany(noun) ? "任何" : "", concept);
                break;
            case Indefinite:
                phrase.AddCharacters("一" + measure, concept);
                break;
            case Demonstrative:
                phrase.AddCharacters("这" + measure, concept);
                break;
            case Definite when noun.Owner is null:
                phrase.AddCharacters("那" + measure, concept);
                break;
            default:
                if (noun.Owner is null) phrase.AddCharacters(Possessive(noun.Determiner), concept);
                // It says no more than the English noun's plural does.
                if (noun is { Number: Number.Plural, Numeral: null }) phrase.AddCharacters("那些", Concepts.Noun(path));
                break;
        }
    }

    /// <summary>些 measures it: several, or what is not counted.</summary>
    public static bool IsMany(NounPhrase noun) => noun.Number == Number.Plural || noun.Noun.Countability == Countability.Mass;

    private static string Possessive(Determiner determiner) => determiner switch
    {
        My => "我的",
        Your => "你的",
        Our => "我们的",
        YourPlural => "你们的",
        _ => "他们的",
    };

    private static string Of(Pronoun pronoun)
    {
        var one = (pronoun.Person, pronoun.Gender) switch
        {
            (Person.First, _) => "我",
            (Person.Second, _) => "你",
            (_, Gender.Masculine) => "他",
            _ => "她",
        };
        return pronoun.Number == Number.Plural ? one + "们" : one;
    }
}
