namespace Translator.Corpus.Toy;

/// <summary>French verb forms: the regular verbs in -er, -ir and -re by rule, the others by table.</summary>
public static class FrenchConjugation
{
    private sealed record Paradigm(string[] Present, string FutureStem, string Participle);

    private static readonly string[] FutureEndings = ["ai", "as", "a", "ons", "ez", "ont"];

    private static readonly HashSet<string> WithEtre =
        ["aller", "arriver", "partir", "rester", "revenir", "tomber", "venir"];

    private static readonly Dictionary<string, Paradigm> Irregular = new()
    {
        ["être"] = Row("suis es est sommes êtes sont", "ser", "été"),
        ["avoir"] = Row("ai as a avons avez ont", "aur", "eu"),
        ["aller"] = Row("vais vas va allons allez vont", "ir", "allé"),
        ["acheter"] = Row("achète achètes achète achetons achetez achètent", "achèter", "acheté"),
        ["appeler"] = Row("appelle appelles appelle appelons appelez appellent", "appeller", "appelé"),
        ["boire"] = Row("bois bois boit buvons buvez boivent", "boir", "bu"),
        ["connaître"] = Row("connais connais connaît connaissons connaissez connaissent", "connaîtr", "connu"),
        ["courir"] = Row("cours cours court courons courez courent", "courr", "couru"),
        ["croire"] = Row("crois crois croit croyons croyez croient", "croir", "cru"),
        ["devoir"] = Row("dois dois doit devons devez doivent", "devr", "dû"),
        ["dire"] = Row("dis dis dit disons dites disent", "dir", "dit"),
        ["dormir"] = Row("dors dors dort dormons dormez dorment", "dormir", "dormi"),
        ["écrire"] = Row("écris écris écrit écrivons écrivez écrivent", "écrir", "écrit"),
        ["faire"] = Row("fais fais fait faisons faites font", "fer", "fait"),
        ["lire"] = Row("lis lis lit lisons lisez lisent", "lir", "lu"),
        ["ouvrir"] = Row("ouvre ouvres ouvre ouvrons ouvrez ouvrent", "ouvrir", "ouvert"),
        ["partir"] = Row("pars pars part partons partez partent", "partir", "parti"),
        ["pouvoir"] = Row("peux peux peut pouvons pouvez peuvent", "pourr", "pu"),
        ["prendre"] = Row("prends prends prend prenons prenez prennent", "prendr", "pris"),
        ["revenir"] = Row("reviens reviens revient revenons revenez reviennent", "reviendr", "revenu"),
        ["savoir"] = Row("sais sais sait savons savez savent", "saur", "su"),
        ["venir"] = Row("viens viens vient venons venez viennent", "viendr", "venu"),
        ["voir"] = Row("vois vois voit voyons voyez voient", "verr", "vu"),
        ["vouloir"] = Row("veux veux veut voulons voulez veulent", "voudr", "voulu"),
    };

    /// <summary>The verb that forms the past: être for those of motion, avoir for the others.</summary>
    public static string Auxiliary(string infinitive) => TakesEtre(infinitive) ? "être" : "avoir";

    /// <summary>With être the participle agrees with the subject.</summary>
    public static bool TakesEtre(string infinitive) => WithEtre.Contains(infinitive);

    public static string Present(string infinitive, Agreement subject) => Of(infinitive).Present[Cell(subject)];

    public static string Future(string infinitive, Agreement subject) =>
        Of(infinitive).FutureStem + FutureEndings[Cell(subject)];

    public static string Participle(string infinitive, Agreement agreement) =>
        FrenchMorphology.Inflect(Of(infinitive).Participle, agreement);

    private static int Cell(Agreement subject) => (int)subject.Person + (subject.Number == Number.Plural ? 3 : 0);

    private static Paradigm Of(string infinitive)
    {
        if (Irregular.TryGetValue(infinitive, out var paradigm)) return paradigm;

        var stem = infinitive[..^2];
        return infinitive[^2..] switch
        {
            "er" => new(Present(stem, "e es e ons ez ent"), infinitive, stem + "é"),
            "ir" => new(Present(stem, "is is it issons issez issent"), infinitive, stem + "i"),
            "re" => new(Present(stem, "s s _ ons ez ent"), infinitive[..^1], stem + "u"),
            _ => throw new ArgumentException($"no rule conjugates '{infinitive}'", nameof(infinitive)),
        };
    }

    private static string[] Present(string stem, string endings) =>
        [.. endings.Split(' ').Select(ending => Soften(stem, ending) + (ending == "_" ? "" : ending))];

    /// <summary>nous mangeons: g keeps its sound before o by an e.</summary>
    private static string Soften(string stem, string ending) =>
        stem[^1] == 'g' && ending[0] == 'o' ? stem + "e" : stem;

    private static Paradigm Row(string present, string futureStem, string participle) =>
        new(present.Split(' '), futureStem, participle);
}
