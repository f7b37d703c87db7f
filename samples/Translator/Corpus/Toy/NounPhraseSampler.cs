using static Translator.Corpus.Toy.Determiner;

namespace Translator.Corpus.Toy;

/// <summary>Where a noun phrase stands, which decides what determiners sound natural there.</summary>
internal enum Role
{
    Subject,
    /// <summary>One spoken of before: never a, une ville est jolie would mean any.</summary>
    KnownSubject,
    Object,
    DeniedObject,
    AskedObject,
    /// <summary>Of love and knowledge: il aime les chats would mean all cats.</summary>
    KnownObject,
    Place,
    Owner,
    Identified,
    Existing,
}

/// <summary>Draws noun phrases. No noun comes twice in a sentence, whose start <see cref="Forget"/> marks.</summary>
internal sealed class NounPhraseSampler(SplitMix64 random)
{
    private static readonly Determiner[] Possessives = [My, Your, Our, YourPlural, Their];

    private readonly HashSet<string> used = [];

    public void Forget() => used.Clear();

    public ProperName Name()
    {
        var name = random.Pick([.. Nouns.Names.Where(name => !used.Contains(name.Text))]);
        used.Add(name.Text);
        return new(name);
    }

    public NounPhrase Sample(Kind kinds, Role role, bool plain = false)
    {
        var noun = random.Pick([.. Nouns.All.Where(noun => (noun.Kind & kinds) != 0 && !used.Contains(noun.English))]);
        used.Add(noun.English);

        var number = SampleNumber(noun, role);
        var determiner = SampleDeterminer(noun, role, number);
        var phrase = new NounPhrase(noun, determiner, number);
        if (TakesOwner(phrase, role)) phrase = phrase with { Owner = SampleOwner() };
        if (TakesNumeral(phrase, role)) phrase = Count(phrase);
        return plain ? phrase : phrase with { Adjectives = SampleAdjectives(noun) };
    }

    private Number SampleNumber(Noun noun, Role role) =>
        noun.Countability == Countability.Count && role != Role.Owner && random.Chance(role == Role.Place ? 22 : 35)
            ? Number.Plural
            : Number.Singular;

    private Determiner SampleDeterminer(Noun noun, Role role, Number number)
    {
        var possessive = (noun.Kind & Kind.Ownable) != 0 ? 20 : 0;
        var demonstrative = noun.Countability == Countability.SingularOnly ? 0 : 14;
        var indefinite = AllowsIndefinite(noun, role, number) ? 24 : 0;
        return role switch
        {
            Role.Existing => Indefinite,
            Role.Identified when number == Number.Singular && indefinite > 0 && random.Chance(45) => Indefinite,
            Role.Identified => possessive > 0 && random.Chance(60) ? random.Pick(Possessives) : Definite,
            Role.Owner => possessive > 0 && random.Chance(50) ? random.Pick(Possessives) : Definite,
            Role.KnownObject when number == Number.Plural => possessive > 0 ? random.Pick(Possessives) : Demonstrative,
            _ => random.Pick(
                (Definite, 42), (Indefinite, indefinite), (Demonstrative, demonstrative), (random.Pick(Possessives), possessive)),
        };
    }

    /// <summary>
    /// "some" is kept to affirmed objects, "any" to denied ones, so that what French leaves to des, du and
    /// de is never a guess. A question has neither, for English would waver.
    /// </summary>
    private static bool AllowsIndefinite(Noun noun, Role role, Number number)
    {
        var isOne = number == Number.Singular && noun.Countability == Countability.Count;
        return (noun.Kind & Kind.Relation) == 0 && role switch
        {
            Role.Object or Role.DeniedObject or Role.Existing => true,
            Role.Subject or Role.AskedObject or Role.Identified => isOne,
            _ => false,
        };
    }

    private bool TakesOwner(NounPhrase phrase, Role role) =>
        phrase.Determiner == Definite && (phrase.Noun.Kind & Kind.Ownable) != 0
        && role is not (Role.Owner or Role.Existing) && (role == Role.Identified || random.Chance((phrase.Noun.Kind & Kind.Relation) != 0 ? 50 : 20));

    private Participant SampleOwner() => random.Chance(60) ? Name() : Sample(Kind.Human, Role.Owner, plain: true);

    private bool TakesNumeral(NounPhrase phrase, Role role) =>
        phrase is { Number: Number.Plural, Owner: null } && role switch
        {
            Role.Object or Role.Subject => random.Chance(25),
            Role.Existing => random.Chance(50),
            _ => false,
        };

    /// <summary>les deux chats, mes deux chats; but deux chats for what would have been des chats.</summary>
    private NounPhrase Count(NounPhrase phrase) => phrase with
    {
        Determiner = phrase.Determiner == Indefinite || (phrase.Determiner == Definite && random.Chance(50)) ? None : phrase.Determiner,
        Numeral = random.Pick(FunctionWords.Numerals),
    };

    private IReadOnlyList<Adjective> SampleAdjectives(Noun noun)
    {
        if (!random.Chance(35)) return [];

        Adjective[] fitting = [.. Adjectives.All.Where(adjective => (adjective.Kinds & noun.Kind) != 0)];
        if (fitting.Length == 0) return [];

        var first = random.Pick(fitting);
        Adjective[] colours = [.. fitting.Where(adjective => adjective.IsColour)];
        return first.BeforeNoun && colours.Length > 0 && random.Chance(15) ? [first, random.Pick(colours)] : [first];
    }
}
