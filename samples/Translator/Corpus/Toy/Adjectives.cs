using static Translator.Corpus.Toy.Kind;

namespace Translator.Corpus.Toy;

/// <summary>The adjectives of the corpus, the French ones before and after their noun.</summary>
public static class Adjectives
{
    public static IReadOnlyList<Adjective> All { get; } =
    [
        Before("petit", "small", Animal | Thing | Place | Cover),
        Before("grand", "big", Animal | Thing | Place | Cover | Opening),
        Before("gros", "fat", Animal),
        Before("joli", "pretty", Thing | Place),
        Before("beau", "beautiful", Animal | Thing | Site | Cover | Readable),
        Before("vieux", "old", Kind.Person | Animal | Thing | Site | Cover | Opening),
        Before("nouveau", "new", Thing | Readable | Opening | Site | Relation),
        Before("jeune", "young", Kind.Person | Animal),
        Before("bon", "good", Food | Drink | Readable),
        Before("mauvais", "bad", Food | Drink | Readable),

        Colour("rouge", "red", Thing | Opening),
        Colour("noir", "black", Thing | Opening | Animal),
        Colour("blanc", "white", Thing | Opening | Animal),
        Colour("gris", "gray", Thing | Opening | Animal),
        Colour("vert", "green", Thing | Opening),
        Colour("bleu", "blue", Thing | Opening),

        Passing("fatigué", "tired", Animate),
        Passing("malade", "sick", Animate),
        Passing("triste", "sad", Animate),
        Passing("heureux", "happy", Animate),
        Passing("calme", "calm", Animate | Place),
        Passing("prudent", "careful", Human),
        Passing("sale", "dirty", Animal | Place | Wearable | Vehicle | Opening),
        Passing("froid", "cold", Food | Drink),
        Passing("chaud", "hot", Food | Drink),

        After("intelligent", "smart", Animate),
        After("gentil", "kind", Human),
        After("riche", "rich", Human),
        After("célèbre", "famous", Kind.Person | Site),
        After("dangereux", "dangerous", Animal | Place),
        After("cher", "expensive", Thing | Food),
        After("lourd", "heavy", Portable | Furniture | Opening),
        After("intéressant", "interesting", Readable),
    ];

    private static Adjective Before(string french, string english, Kind kinds) =>
        new(french, english, kinds, BeforeNoun: true, IsColour: false, IsPassing: false);

    private static Adjective After(string french, string english, Kind kinds) =>
        new(french, english, kinds, BeforeNoun: false, IsColour: false, IsPassing: false);

    private static Adjective Colour(string french, string english, Kind kinds) =>
        new(french, english, kinds, BeforeNoun: false, IsColour: true, IsPassing: false);

    private static Adjective Passing(string french, string english, Kind kinds) =>
        new(french, english, kinds, BeforeNoun: false, IsColour: false, IsPassing: true);
}
