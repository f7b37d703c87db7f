namespace Translator.Corpus.Toy;

public enum Gender { Masculine, Feminine }

public enum Number { Singular, Plural }

public enum Person { First, Second, Third }

public enum Tense { Present, Past, Future }

/// <summary>How a clause is denied: ne ... pas, ne ... jamais, ne ... plus.</summary>
public enum Polarity { Affirmative, Not, Never, NoLonger }

/// <summary>
/// What opens a noun phrase. His and her are left out: French son and sa agree with the thing owned,
/// so the owner's gender would have to be guessed.
/// </summary>
public enum Determiner { None, Definite, Indefinite, Demonstrative, My, Your, Our, YourPlural, Their }

/// <summary>What a noun names. Verbs, adjectives and prepositions ask for kinds, so that sentences make sense.</summary>
[Flags]
public enum Kind
{
    None = 0,
    Person = 1 << 0,
    /// <summary>A person one can own: my brother, but not my man (which French reads as my husband).</summary>
    Relation = 1 << 1,
    Animal = 1 << 2,
    Food = 1 << 3,
    Drink = 1 << 4,
    /// <summary>Made in a kitchen: a cake, but not an apple.</summary>
    Cooked = 1 << 5,
    Readable = 1 << 6,
    /// <summary>Written by one person: a letter, but not a newspaper.</summary>
    Writing = 1 << 7,
    Portable = 1 << 8,
    Wearable = 1 << 9,
    Furniture = 1 << 10,
    Vehicle = 1 << 11,
    Opening = 1 << 12,
    Breakable = 1 << 13,
    Container = 1 << 14,
    /// <summary>One can be in it (dans).</summary>
    Place = 1 << 15,
    /// <summary>One goes to it with à.</summary>
    Destination = 1 << 16,
    /// <summary>One can be on it (sur).</summary>
    Surface = 1 << 17,
    /// <summary>One can be under it (sous).</summary>
    Cover = 1 << 18,
    /// <summary>A place with an owner: my house, but not my station.</summary>
    Home = 1 << 19,

    Human = Person | Relation,
    Animate = Human | Animal,
    Thing = Portable | Furniture | Vehicle,
    Site = Place | Destination,
    Ownable = Relation | Animal | Food | Drink | Readable | Thing | Home,
}
