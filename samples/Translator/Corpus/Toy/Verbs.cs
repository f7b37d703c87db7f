using static Translator.Corpus.Toy.Kind;

namespace Translator.Corpus.Toy;

/// <summary>The verbs of the corpus.</summary>
public static class Verbs
{
    public static Verb Be { get; } = new("être", "be", Frame.Copula, Animate | Thing | Food | Drink | Readable | Site, Kind.None);

    /// <summary>The verbs conjugated in every tense and person.</summary>
    public static IReadOnlyList<Verb> Conjugated { get; } =
    [
        // intransitive
        Act("dormir", "sleep", Animate) with { IsSolitary = true },
        Act("courir", "run", Animate),
        Act("marcher", "walk", Animate),
        Act("nager", "swim", Animate) with { IsActivity = false },
        Act("jouer", "play", Animate),
        Act("chanter", "sing", Human),
        Act("danser", "dance", Human),
        Act("travailler", "work", Human),
        Act("pleurer", "cry", Human),

        // motion, with être in the past
        new("arriver", "arrive", Frame.Motion, Animate, Site) { Direction = Prepositions.At },
        new("partir", "leave", Frame.Motion, Animate, Kind.None),
        new("venir", "come", Frame.Motion, Animate, Destination) { Direction = Prepositions.From },
        new("revenir", "come back", Frame.Motion, Animate, Destination) { Direction = Prepositions.From },
        new("aller", "go", Frame.Motion, Human, Destination) { Direction = Prepositions.To, NeedsDirection = true },
        new("tomber", "fall", Frame.Motion, Animate, Kind.None) { IsActivity = true, IsSolitary = true },
        new("rester", "stay", Frame.Motion, Animate, Kind.None) { IsActivity = true },

        // transitive
        State("avoir", "have", Human, Portable | Vehicle | Animal),
        Do("voir", "see", Animate, Animate | Thing | Site),
        Do("regarder", "look at", Animate, Animate | Portable | Vehicle),
        Do("chercher", "look for", Animate, Animate | Portable),
        Do("trouver", "find", Animate, Animate | Portable),
        State("connaître", "know", Human, Human | Site),
        Do("attendre", "wait for", Human, Human),
        Do("aider", "help", Human, Human),
        Do("appeler", "call", Human, Human),
        State("aimer", "love", Human, Human),
        Do("manger", "eat", Animate, Food, activity: true),
        Do("boire", "drink", Animate, Drink, activity: true),
        Do("lire", "read", Human, Readable, activity: true),
        Do("écrire", "write", Human, Writing, activity: true),
        Do("finir", "finish", Human, Writing),
        Do("acheter", "buy", Human, Portable | Vehicle | Food | Readable),
        Do("vendre", "sell", Human, Portable | Vehicle | Food | Readable),
        Do("prendre", "take", Human, Portable),
        Do("choisir", "choose", Human, Portable | Vehicle),
        Do("ouvrir", "open", Human, Opening),
        Do("fermer", "close", Human, Opening),
        Do("casser", "break", Human, Breakable),
        Do("porter", "wear", Human, Wearable),
        Do("faire", "make", Human, Cooked, activity: true),

        // with a recipient
        new("donner", "give", Frame.Giving, Human, Portable | Readable),
        new("montrer", "show", Frame.Giving, Human, Portable | Readable | Animal),
        new("parler", "speak", Frame.Speaking, Human, Human),
    ];

    /// <summary>Verbs that take a clause; the present alone, so that English keeps the clause's own tense.</summary>
    public static IReadOnlyList<Verb> Reporting { get; } =
    [
        new("penser", "think", Frame.Report, Human, Kind.None),
        new("croire", "believe", Frame.Report, Human, Kind.None),
        new("savoir", "know", Frame.Report, Human, Kind.None),
        new("dire", "say", Frame.Report, Human, Kind.None),
    ];

    /// <summary>Verbs that take an infinitive; the present alone, where English has one form for each.</summary>
    public static IReadOnlyList<Modal> Modals { get; } =
    [
        new("vouloir", "want to", IsAuxiliary: false),
        new("pouvoir", "can", IsAuxiliary: true),
        new("devoir", "must", IsAuxiliary: true),
        new("aller", "be going to", IsAuxiliary: true),
    ];

    private static Verb Act(string french, string english, Kind subjects) =>
        new(french, english, Frame.Intransitive, subjects, Kind.None) { IsActivity = true };

    private static Verb State(string french, string english, Kind subjects, Kind objects) =>
        new(french, english, Frame.Transitive, subjects, objects) { IsState = true };

    private static Verb Do(string french, string english, Kind subjects, Kind objects, bool activity = false) =>
        new(french, english, Frame.Transitive, subjects, objects) { IsActivity = activity };
}
