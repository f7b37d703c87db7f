using static Translator.Corpus.Toy.Countability;
using static Translator.Corpus.Toy.Gender;
using static Translator.Corpus.Toy.Kind;

namespace Translator.Corpus.Toy;

/// <summary>The nouns of the corpus and its first names.</summary>
public static class Nouns
{
    public static IReadOnlyList<Noun> All { get; } =
    [
        // people
        N("homme", Masculine, "man", Kind.Person),
        N("femme", Feminine, "woman", Kind.Person),
        N("garçon", Masculine, "boy", Kind.Person),
        N("fille", Feminine, "girl", Kind.Person),
        N("enfant", Masculine, "child", Kind.Person),
        N("roi", Masculine, "king", Kind.Person),
        N("reine", Feminine, "queen", Kind.Person),
        N("fermier", Masculine, "farmer", Kind.Person),
        N("actrice", Feminine, "actress", Kind.Person),
        N("ami", Masculine, "friend", Relation),
        N("amie", Feminine, "friend", Relation),
        N("frère", Masculine, "brother", Relation),
        N("sœur", Feminine, "sister", Relation),
        N("père", Masculine, "father", Relation, SingularOnly),
        N("mère", Feminine, "mother", Relation, SingularOnly),
        N("voisin", Masculine, "neighbor", Relation),
        N("voisine", Feminine, "neighbor", Relation),
        N("oncle", Masculine, "uncle", Relation),
        N("tante", Feminine, "aunt", Relation),
        N("professeur", Masculine, "teacher", Relation),
        N("médecin", Masculine, "doctor", Relation),

        // animals
        N("chat", Masculine, "cat", Animal),
        N("chien", Masculine, "dog", Animal),
        N("cheval", Masculine, "horse", Animal),
        N("oiseau", Masculine, "bird", Animal),
        N("souris", Feminine, "mouse", Animal),
        N("vache", Feminine, "cow", Animal),
        N("mouton", Masculine, "sheep", Animal),
        N("loup", Masculine, "wolf", Animal),
        N("ours", Masculine, "bear", Animal),
        N("hibou", Masculine, "owl", Animal),
        N("oie", Feminine, "goose", Animal),

        // food and drink
        N("pomme", Feminine, "apple", Food),
        N("orange", Feminine, "orange", Food),
        N("tomate", Feminine, "tomato", Food),
        N("œuf", Masculine, "egg", Food),
        N("gâteau", Masculine, "cake", Food | Cooked),
        N("pain", Masculine, "bread", Food | Cooked, Mass),
        N("soupe", Feminine, "soup", Food | Cooked, Mass),
        N("fromage", Masculine, "cheese", Food, Mass),
        N("viande", Feminine, "meat", Food, Mass),
        N("eau", Feminine, "water", Drink, Mass),
        N("lait", Masculine, "milk", Drink, Mass),
        N("café", Masculine, "coffee", Drink, Mass),
        N("thé", Masculine, "tea", Drink, Mass),

        // things to read
        N("livre", Masculine, "book", Readable | Writing),
        N("lettre", Feminine, "letter", Readable | Writing),
        N("histoire", Feminine, "story", Readable | Writing),
        N("poème", Masculine, "poem", Readable | Writing),
        N("journal", Masculine, "newspaper", Readable),

        // things to own
        N("clé", Feminine, "key", Portable),
        N("couteau", Masculine, "knife", Portable),
        N("fleur", Feminine, "flower", Portable),
        N("jouet", Masculine, "toy", Portable | Breakable),
        N("parapluie", Masculine, "umbrella", Portable),
        N("cadeau", Masculine, "gift", Portable),
        N("verre", Masculine, "glass", Portable | Breakable),
        N("assiette", Feminine, "plate", Portable | Breakable),
        N("boîte", Feminine, "box", Portable | Opening | Container),
        N("sac", Masculine, "bag", Portable | Opening | Container),
        N("bouteille", Feminine, "bottle", Portable | Opening | Breakable),
        N("chapeau", Masculine, "hat", Portable | Wearable),
        N("manteau", Masculine, "coat", Portable | Wearable),
        N("robe", Feminine, "dress", Portable | Wearable),
        N("chemise", Feminine, "shirt", Portable | Wearable),
        N("table", Feminine, "table", Furniture | Surface | Cover),
        N("chaise", Feminine, "chair", Furniture | Surface | Cover | Breakable),
        N("lit", Masculine, "bed", Furniture | Surface | Cover),
        N("arbre", Masculine, "tree", Cover),
        N("porte", Feminine, "door", Opening),
        N("fenêtre", Feminine, "window", Opening | Breakable),
        N("voiture", Feminine, "car", Vehicle),
        N("vélo", Masculine, "bike", Vehicle),
        N("bateau", Masculine, "boat", Vehicle),

        // places
        N("maison", Feminine, "house", Place | Home),
        N("rue", Feminine, "street", Place),
        N("ville", Feminine, "city", Place),
        N("forêt", Feminine, "forest", Place),
        N("cuisine", Feminine, "kitchen", Place | Home),
        N("jardin", Masculine, "garden", Site | Home),
        N("école", Feminine, "school", Site | Home),
        N("hôtel", Masculine, "hotel", Site),
        N("hôpital", Masculine, "hospital", Site),
        N("église", Feminine, "church", Site),
        N("château", Masculine, "castle", Site),
        N("musée", Masculine, "museum", Site),
        N("gare", Feminine, "station", Site),
        N("parc", Masculine, "park", Site),
        N("marché", Masculine, "market", Destination),
        N("plage", Feminine, "beach", Destination | Surface),
        N("pont", Masculine, "bridge", Surface | Cover),
    ];

    public static IReadOnlyList<Name> Names { get; } =
    [
        new("anne", Feminine),
        new("claire", Feminine),
        new("julie", Feminine),
        new("marie", Feminine),
        new("louis", Masculine),
        new("luc", Masculine),
        new("paul", Masculine),
        new("pierre", Masculine),
    ];

    private static Noun N(string french, Gender gender, string english, Kind kind, Countability countability = Count) =>
        new(french, gender, english, kind, countability);
}
