namespace Translator.Corpus.Toy;

/// <summary>Draws subjects, objects, recipients and adjuncts.</summary>
internal sealed class ParticipantSampler(SplitMix64 random)
{
    private readonly NounPhraseSampler nouns = new(random);

    public NounPhraseSampler Nouns => nouns;

    /// <summary>A subject of these kinds; pronouns and names only for those that may be human. A plain one is short and known.</summary>
    public Participant Subject(Kind kinds, bool plain = false)
    {
        var human = (kinds & Kind.Human) != 0 ? 1 : 0;
        return random.Pick((0, 62 * human), (1, 9 * human), (2, 25), (3, plain ? 0 : 4)) switch
        {
            0 => SubjectPronoun(),
            1 => nouns.Name(),
            2 => nouns.Sample(kinds, plain ? Role.KnownSubject : Role.Subject, plain || random.Chance(40)),
            _ => new Pair(Partner(kinds), Partner(kinds)),
        };
    }

    /// <summary>The persons that nouns never have come more often, so that each form of a verb is seen about as often.</summary>
    public Pronoun SubjectPronoun()
    {
        var (person, number) = random.Pick(
            ((Person.First, Number.Singular), 22), ((Person.Second, Number.Singular), 22), ((Person.Third, Number.Singular), 10),
            ((Person.First, Number.Plural), 22), ((Person.Second, Number.Plural), 22), ((Person.Third, Number.Plural), 10));
        return new(person, number, SampleGender());
    }

    /// <summary>What the verb is done to: for people often a clitic, the more in the past, whose participle then agrees.</summary>
    public Participant Object(Clause clause)
    {
        var human = clause.Verb.Objects & Kind.Human;
        if (human != 0 && random.Chance(clause.Tense == Tense.Past ? 75 : 35)) return ObjectPronoun(clause);
        if (human != 0 && random.Chance(15)) return nouns.Name();

        var role = clause switch
        {
            { Verb: { IsState: true, French: not "avoir" } } => Role.KnownObject,
            { IsQuestion: true } => Role.AskedObject,
            { Polarity: not Polarity.Affirmative } => Role.DeniedObject,
            _ => Role.Object,
        };
        return nouns.Sample(clause.Verb.Objects, role);
    }

    /// <summary>Never lui, which does not tell him from her.</summary>
    public Participant Recipient(Participant subject)
    {
        if (random.Chance(50)) return OtherThan(subject, () => new(SamplePerson(), Number.Plural));
        if (random.Chance(30)) return OtherThan(subject, () => new(random.Pick([Person.First, Person.Second]), Number.Singular));
        return random.Chance(35) ? nouns.Name() : nouns.Sample(Kind.Human, Role.Place, plain: true);
    }

    public Adjunct Companion(Participant subject) => new(Prepositions.With, random.Pick((0, 45), (1, 30), (2, 25)) switch
    {
        0 => OtherThan(subject, () => new(SamplePerson(), SampleNumber(), SampleGender())),
        1 => nouns.Name(),
        _ => nouns.Sample(Kind.Human, Role.Place, plain: true),
    });

    /// <summary>Where something of these kinds may be: a key in a bag, but a man in a house.</summary>
    public Adjunct Place(Kind whose)
    {
        var preposition = random.Chance(35) ? Prepositions.In : random.Pick(Prepositions.OfPlace);
        var kinds = preposition.Kinds;
        var isSmall = (whose & (Kind.Portable | Kind.Food | Kind.Readable)) != 0;
        if (isSmall) kinds &= Kind.Container | Kind.Surface | Kind.Cover | Kind.Vehicle;
        else if (preposition == Prepositions.In) kinds = Kind.Place;
        return new(preposition, nouns.Sample(kinds, Role.Place, plain: random.Chance(60)));
    }

    public Adjunct Direction(Preposition preposition) =>
        new(preposition, nouns.Sample(Kind.Destination, Role.Place, plain: random.Chance(60)));

    private Participant Partner(Kind kinds) => (kinds & Kind.Human) != 0 && random.Chance(60)
        ? nouns.Name()
        : nouns.Sample(kinds, Role.Owner, plain: true);

    /// <summary>Before a vowel le and la both become l', which only a participle tells apart: l'ai vu, l'ai vue.</summary>
    private Pronoun ObjectPronoun(Clause clause)
    {
        var hidesGender = "aeiouéê".Contains(clause.Verb.French[0]) && (clause.Tense != Tense.Past || clause.Modal is not null);
        return OtherThan(clause.Subject, () =>
        {
            var (person, number) = (SamplePerson(), SampleNumber());
            return new(person, person == Person.Third && hidesGender ? Number.Plural : number, SampleGender());
        });
    }

    /// <summary>A pronoun of another person than the subject, unless both are third: i see him, never i see me.</summary>
    private static Pronoun OtherThan(Participant subject, Func<Pronoun> draw)
    {
        var person = Agreement.Of(subject).Person;
        while (true)
        {
            var pronoun = draw();
            if (person == Person.Third || pronoun.Person != person) return pronoun;
        }
    }

    private Person SamplePerson() => random.Pick((Person.First, 25), (Person.Second, 25), (Person.Third, 50));

    private Number SampleNumber() => random.Chance(50) ? Number.Plural : Number.Singular;

    private Gender SampleGender() => random.Chance(50) ? Gender.Feminine : Gender.Masculine;
}
