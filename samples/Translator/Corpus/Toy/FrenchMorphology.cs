namespace Translator.Corpus.Toy;

/// <summary>What a French word agrees with.</summary>
public readonly record struct Agreement(Person Person, Number Number, Gender Gender)
{
    /// <summary>Two together are third person plural, and feminine only if both are.</summary>
    public static Agreement Of(Participant participant) => participant switch
    {
        NounPhrase phrase => new(Person.Third, phrase.Number, phrase.Noun.Gender),
        Pronoun pronoun => new(pronoun.Person, pronoun.Number, pronoun.Gender),
        ProperName proper => new(Person.Third, Number.Singular, proper.Name.Gender),
        Pair pair => new(Person.Third, Number.Plural,
            Of(pair.First).Gender == Gender.Feminine ? Of(pair.Second).Gender : Gender.Masculine),
        _ => new(Person.Third, Number.Singular, Gender.Masculine),
    };
}

/// <summary>Plurals and feminines of French nouns, adjectives and participles.</summary>
public static class FrenchMorphology
{
    private static readonly Dictionary<string, string> IrregularFeminines = new()
    {
        ["beau"] = "belle",
        ["blanc"] = "blanche",
        ["bon"] = "bonne",
        ["cher"] = "chère",
        ["gentil"] = "gentille",
        ["gros"] = "grosse",
        ["nouveau"] = "nouvelle",
        ["vieux"] = "vieille",
    };

    /// <summary>Before a vowel, masculine singular: un bel arbre.</summary>
    private static readonly Dictionary<string, string> BeforeVowel = new()
    {
        ["beau"] = "bel",
        ["nouveau"] = "nouvel",
        ["vieux"] = "vieil",
    };

    public static string Plural(string singular) => singular switch
    {
        "hibou" => "hiboux",
        _ when singular[^1] is 's' or 'x' or 'z' => singular,
        _ when singular.EndsWith("eau") => singular + "x",
        _ when singular.EndsWith("al") => singular[..^2] + "aux",
        _ => singular + "s",
    };

    public static string Inflect(string adjective, Agreement agreement)
    {
        var form = agreement.Gender == Gender.Feminine ? Feminine(adjective) : adjective;
        return agreement.Number == Number.Plural ? Plural(form) : form;
    }

    /// <summary>The form before a vowel where it is another one, or null.</summary>
    public static string? InflectBeforeVowel(string adjective, Agreement agreement) =>
        agreement is { Gender: Gender.Masculine, Number: Number.Singular } ? BeforeVowel.GetValueOrDefault(adjective) : null;

    private static string Feminine(string masculine) => masculine switch
    {
        _ when IrregularFeminines.TryGetValue(masculine, out var irregular) => irregular,
        _ when masculine.EndsWith("eux") => masculine[..^1] + "se",
        _ when masculine[^1] == 'e' => masculine,
        _ => masculine + "e",
    };
}
