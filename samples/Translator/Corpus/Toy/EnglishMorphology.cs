namespace Translator.Corpus.Toy;

/// <summary>Plurals of English nouns and forms of English verbs.</summary>
public static class EnglishMorphology
{
    private static readonly Dictionary<string, string> IrregularPlurals = new()
    {
        ["child"] = "children",
        ["goose"] = "geese",
        ["knife"] = "knives",
        ["man"] = "men",
        ["mouse"] = "mice",
        ["sheep"] = "sheep",
        ["wolf"] = "wolves",
        ["woman"] = "women",
    };

    private static readonly Dictionary<string, string> IrregularPasts = new()
    {
        ["break"] = "broke",
        ["buy"] = "bought",
        ["choose"] = "chose",
        ["come"] = "came",
        ["drink"] = "drank",
        ["eat"] = "ate",
        ["fall"] = "fell",
        ["find"] = "found",
        ["give"] = "gave",
        ["go"] = "went",
        ["have"] = "had",
        ["know"] = "knew",
        ["leave"] = "left",
        ["make"] = "made",
        ["read"] = "read",
        ["run"] = "ran",
        ["see"] = "saw",
        ["sell"] = "sold",
        ["sing"] = "sang",
        ["sleep"] = "slept",
        ["speak"] = "spoke",
        ["swim"] = "swam",
        ["take"] = "took",
        ["wear"] = "wore",
        ["write"] = "wrote",
    };

    public static string Plural(string singular) =>
        IrregularPlurals.TryGetValue(singular, out var irregular) ? irregular : AddS(singular);

    public static string Present(string verb, Agreement subject) => (verb, IsThirdSingular(subject)) switch
    {
        ("be", _) => BePresent(subject),
        ("have", true) => "has",
        (_, true) => AddS(verb),
        _ => verb,
    };

    public static string Past(string verb, Agreement subject) => verb switch
    {
        "be" => subject.Number == Number.Singular && subject.Person != Person.Second ? "was" : "were",
        "do" => "did",
        _ when IrregularPasts.TryGetValue(verb, out var irregular) => irregular,
        _ when verb[^1] == 'e' => verb + "d",
        _ when EndsInConsonantY(verb) => verb[..^1] + "ied",
        _ => verb + "ed",
    };

    public static string Finite(string verb, Tense tense, Agreement subject) =>
        tense == Tense.Past ? Past(verb, subject) : Present(verb, subject);

    private static string BePresent(Agreement subject) => subject switch
    {
        { Number: Number.Plural } or { Person: Person.Second } => "are",
        { Person: Person.First } => "am",
        _ => "is",
    };

    private static bool IsThirdSingular(Agreement subject) => subject is { Person: Person.Third, Number: Number.Singular };

    /// <summary>The s of nouns and of verbs: keys, boxes, cities, potatoes, goes.</summary>
    private static string AddS(string word) => word switch
    {
        _ when EndsInConsonantY(word) => word[..^1] + "ies",
        _ when word[^1] is 's' or 'x' or 'o' || word.EndsWith("ch") || word.EndsWith("sh") => word + "es",
        _ => word + "s",
    };

    private static bool EndsInConsonantY(string word) => word[^1] == 'y' && !"aeiou".Contains(word[^2]);
}
