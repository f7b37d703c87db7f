namespace Translator.Corpus.Toy;

/// <summary>Draws clauses: a verb first, then what it asks for, then what may be added.</summary>
internal sealed class ClauseSampler(SplitMix64 random, ParticipantSampler participants)
{
    private static readonly Verb[] ForModals = [.. Verbs.Conjugated.Where(verb => !verb.IsState && verb.French != "tomber")];

    /// <summary>A whole sentence around one of the conjugated verbs, stated or asked.</summary>
    public Clause Sample()
    {
        var clause = Draft(random.Pick(Verbs.Conjugated), SampleTense());
        return random.Chance(17) ? Ask(clause) : Extend(Complete(Deny(clause)));
    }

    /// <summary>A clause short enough to be half of a sentence.</summary>
    public Clause Short(Participant subject, Tense tense, Polarity polarity)
    {
        var verb = random.Pick(Verbs.Conjugated);
        return Complete(new Clause(subject, verb) { Tense = tense, Polarity = polarity });
    }

    public Clause WithModal()
    {
        var verb = random.Pick(ForModals);
        var clause = new Clause(participants.Subject(verb.Subjects), verb) { Modal = random.Pick(Verbs.Modals) };
        if (random.Chance(15)) clause = clause with { IsQuestion = true };
        else clause = Deny(clause);
        return Complete(clause);
    }

    public Clause WithAttribute()
    {
        var adjective = random.Pick(Adjectives.All);
        var subject = (adjective.Kinds & Kind.Human) != 0
            ? participants.Subject(adjective.Kinds, plain: true)
            : participants.Nouns.Sample(adjective.Kinds, Role.KnownSubject, plain: true);
        var clause = Attribute(subject, adjective, adjective.IsPassing ? SampleTense() : Tense.Present);
        if (random.Chance(15)) return clause with { IsQuestion = true };
        clause = Deny(clause);
        return clause.Polarity == Polarity.Affirmative && adjective.IsPassing && random.Chance(15) ? AddTime(clause) : clause;
    }

    /// <summary>A passing state of people, for reasons.</summary>
    public Clause State(Participant subject, Tense tense)
    {
        Adjective[] states = [.. Adjectives.All.Where(adjective => adjective is { IsPassing: true, Kinds: Kind.Animate })];
        return Attribute(subject, random.Pick(states), tense);
    }

    public Clause WithLocation()
    {
        var kinds = random.Chance(60) ? Kind.Animate : Kind.Portable | Kind.Readable;
        var clause = new Clause(participants.Subject(kinds, plain: true), Verbs.Be) { Tense = random.Pick((Tense.Present, 75), (Tense.Future, 25)) };
        if (clause.Subject is not Pronoun && clause.Tense == Tense.Present && random.Chance(25))
            return clause with { IsQuestion = true, QuestionWord = FunctionWords.Where };

        clause = clause with { Adjunct = participants.Place(kinds) };
        return random.Chance(15) ? clause with { IsQuestion = true } : Deny(clause);
    }

    private Clause Draft(Verb verb, Tense tense) => new(participants.Subject(verb.Subjects), verb) { Tense = tense };

    private Clause Attribute(Participant subject, Adjective adjective, Tense tense) => new(subject, Verbs.Be)
    {
        Tense = tense,
        Attribute = adjective,
        IsVery = !adjective.IsColour && random.Chance(20),
    };

    private Tense SampleTense() => random.Pick((Tense.Present, 36), (Tense.Past, 27), (Tense.Future, 37));

    /// <summary>No "no longer" of what is past: he no longer fell.</summary>
    private Clause Deny(Clause clause) => clause with
    {
        Polarity = random.Pick(
            (Polarity.Affirmative, 70), (Polarity.Not, 20), (Polarity.Never, 6), (Polarity.NoLonger, clause.Tense == Tense.Past ? 0 : 5)),
    };

    /// <summary>Adds what the verb cannot do without.</summary>
    private Clause Complete(Clause clause)
    {
        var verb = clause.Verb;
        if (verb.Frame is Frame.Transitive or Frame.Giving) clause = clause with { Object = participants.Object(clause) };
        if (verb.Frame is Frame.Speaking or Frame.Giving) clause = clause with { Recipient = participants.Recipient(clause.Subject) };
        if (verb.NeedsDirection) clause = clause with { Adjunct = participants.Direction(verb.Direction!) };
        return clause;
    }

    /// <summary>Adds what may be said besides: a place or a companion, and an adverb.</summary>
    private Clause Extend(Clause clause)
    {
        if (clause.Verb.IsState) return clause;
        if (clause.Adjunct is null) clause = AddAdjunct(clause);
        if (clause.Polarity is Polarity.Never or Polarity.NoLonger) return clause;
        if (clause.Verb.Frame == Frame.Intransitive && random.Chance(30)) return AddAdverb(clause, AdverbKind.ShortManner, AdverbKind.LongManner);
        if (random.Chance(12)) return AddAdverb(clause, AdverbKind.Frequency);
        return random.Chance(16) ? AddTime(clause) : clause;
    }

    private Clause AddAdjunct(Clause clause)
    {
        var verb = clause.Verb;
        if (verb.Direction is { } direction && random.Chance(50)) return clause with { Adjunct = participants.Direction(direction) };
        if (verb.IsActivity && random.Chance(30)) return clause with { Adjunct = participants.Place(Kind.Animate) };
        if ((verb.IsActivity || verb.Frame == Frame.Motion) && !verb.IsSolitary && random.Chance(20))
            return clause with { Adjunct = participants.Companion(clause.Subject) };
        return clause;
    }

    private Clause AddAdverb(Clause clause, params AdverbKind[] kinds) => clause with
    {
        Adverb = random.Pick([.. Adverbs.All.Where(adverb => kinds.Contains(adverb.Kind) && !adverb.Unfit.Contains(clause.Verb.French))]),
    };

    private Clause AddTime(Clause clause) => clause with
    {
        Adverb = random.Pick([.. Adverbs.All.Where(adverb =>
            adverb.Kind == AdverbKind.Time && Fits(adverb, clause))]),
        AdverbFirst = random.Chance(40),
    };

    /// <summary>One is not tired every day.</summary>
    private static bool Fits(Adverb adverb, Clause clause) =>
        adverb.Tense is not { } tense || (tense == clause.Tense && (tense != Tense.Present || clause.Verb != Verbs.Be));

    private Clause Ask(Clause clause)
    {
        clause = clause with { IsQuestion = true };
        if (clause.Verb.IsState && random.Chance(50)) return AskWho(clause);
        if (clause.Verb.IsState) return Complete(clause);
        return random.Pick((0, 45), (1, 10), (2, 12), (3, 12), (4, 21)) switch
        {
            0 => Complete(clause with { Polarity = random.Chance(10) ? Polarity.Not : Polarity.Affirmative }),
            1 => AskWhere(clause),
            2 => AskWhen(clause),
            3 => Complete(clause with { QuestionWord = FunctionWords.Why, Polarity = random.Chance(30) ? Polarity.Not : Polarity.Affirmative }),
            _ => AskWho(clause),
        };
    }

    private Clause AskWhere(Clause clause)
    {
        var (verb, where) = (clause.Verb, clause with { QuestionWord = FunctionWords.Where });
        if (verb.NeedsDirection) return where;
        return verb.IsActivity ? Complete(where) : Complete(clause);
    }

    private Clause AskWhen(Clause clause) => Complete(clause with
    {
        QuestionWord = FunctionWords.When,
        Tense = clause.Tense == Tense.Present ? Tense.Future : clause.Tense,
    });

    /// <summary>Asks for the object, what or whom, or for the subject.</summary>
    private Clause AskWho(Clause clause)
    {
        var verb = clause.Verb;
        var takesObject = verb.Frame is Frame.Transitive;
        if (takesObject && (verb.Objects & Kind.Animate) == 0) return clause with { QuestionWord = FunctionWords.What };
        if (takesObject && (verb.Objects & Kind.Human) != 0 && random.Chance(50)) return clause with { QuestionWord = FunctionWords.Whom };
        return Complete(clause with { Subject = new Who() });
    }
}
