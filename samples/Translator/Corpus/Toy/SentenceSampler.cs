namespace Translator.Corpus.Toy;

/// <summary>Draws meanings. It knows no language, save that it avoids what French cannot tell apart; Chinese can tell what is left.</summary>
internal sealed class SentenceSampler
{
    private readonly SplitMix64 random;
    private readonly ParticipantSampler participants;
    private readonly ClauseSampler clauses;

    public SentenceSampler(SplitMix64 random)
    {
        this.random = random;
        participants = new(random);
        clauses = new(random, participants);
    }

    public Sentence Sample()
    {
        participants.Nouns.Forget();
        return random.Pick((0, 52), (1, 7), (2, 9), (3, 6), (4, 7), (5, 5), (6, 5), (7, 4), (8, 6)) switch
        {
            0 => clauses.Sample(),
            1 => clauses.WithModal(),
            2 => clauses.WithAttribute(),
            3 => clauses.WithLocation(),
            4 => Identify(),
            5 => Exist(),
            6 => Report(),
            7 => Explain(),
            _ => Contrast(),
        };
    }

    private Identification Identify()
    {
        const Kind shown = Kind.Human | Kind.Animal | Kind.Readable | Kind.Thing | Kind.Home;
        var phrase = participants.Nouns.Sample(shown, Role.Identified);
        return new(phrase, random.Chance(25));
    }

    private Existence Exist()
    {
        var (kinds, isSmall) = random.Chance(60) ? (Kind.Person | Kind.Animal, false) : (Kind.Food | Kind.Portable | Kind.Readable, true);
        var asks = random.Chance(20);
        // A question has no "some", whose place "any" might take.
        var phrase = participants.Nouns.Sample(kinds, Role.Existing);
        if (asks && phrase.Numeral is null && (phrase.Number == Number.Plural || phrase.Noun.Countability == Countability.Mass))
            asks = false;
        var isNegated = !asks && phrase.Numeral is null && random.Chance(25);
        return new(phrase, participants.Place(isSmall ? Kind.Portable : Kind.Animate)) { IsQuestion = asks, IsNegated = isNegated };
    }

    private Compound Report()
    {
        var verb = random.Pick(Verbs.Reporting);
        var first = new Clause(participants.Subject(Kind.Human, plain: true), verb);
        var second = clauses.Short(random.Chance(70) ? participants.SubjectPronoun() : participants.Nouns.Name(), SampleTense(), SamplePolarity());
        return new(first, FunctionWords.That, second);
    }

    /// <summary>Because, of somebody's own state: he sleeps because he is tired.</summary>
    private Compound Explain()
    {
        var subject = participants.Subject(Kind.Human, plain: true);
        var tense = SampleTense();
        var (person, number, gender) = Agreement.Of(subject);
        return new(
            clauses.Short(subject, tense, SamplePolarity()),
            FunctionWords.Because,
            clauses.State(new Pronoun(person, number, gender), tense));
    }

    /// <summary>Two doings side by side; after but the second is denied.</summary>
    private Compound Contrast()
    {
        var tense = SampleTense();
        var isBut = random.Chance(60);
        return new(
            clauses.Short(participants.SubjectPronoun(), tense, Polarity.Affirmative),
            isBut ? FunctionWords.But : FunctionWords.And,
            clauses.Short(participants.SubjectPronoun(), tense, isBut ? Polarity.Not : Polarity.Affirmative));
    }

    private Tense SampleTense() => random.Pick((Tense.Present, 36), (Tense.Past, 27), (Tense.Future, 37));

    private Polarity SamplePolarity() => random.Chance(22) ? Polarity.Not : Polarity.Affirmative;
}
