namespace Translator.Corpus.Toy;

/// <summary>Says a meaning in French.</summary>
public sealed class FrenchRealiser : IRealiser
{
    public IReadOnlyList<Token> Realise(Sentence sentence)
    {
        var phrase = new Phrase();
        switch (sentence)
        {
            case Clause clause: AddClause(phrase, clause, ""); break;
            case Compound compound: AddCompound(phrase, compound); break;
            case Identification identification: AddIdentification(phrase, identification); break;
            case Existence existence: AddExistence(phrase, existence); break;
        }
        phrase.Add(sentence is Clause { IsQuestion: true } or Existence { IsQuestion: true } ? "?" : ".", Concepts.End);
        return Sandhi.French(phrase.Tokens);
    }

    private static void AddCompound(Phrase phrase, Compound compound)
    {
        AddClause(phrase, compound.First, Concepts.First(""));
        AddThat(phrase, compound.Conjunction.French, Concepts.Conjunction);
        AddClause(phrase, compound.Second, Concepts.Second(""));
    }

    private static void AddIdentification(Phrase phrase, Identification identification)
    {
        var isPlural = identification.NounPhrase.Number == Number.Plural;
        phrase.AddElidable("ce", "c'", Concepts.Subject);
        if (identification.IsNegated) AddNe(phrase, "");
        phrase.Add(isPlural ? "sont" : "est", Concepts.Verb, Concepts.Tense);
        if (identification.IsNegated) phrase.Add("pas", Concepts.Negation);
        FrenchParticipants.Add(phrase, identification.NounPhrase, Concepts.Object);
    }

    private static void AddExistence(Phrase phrase, Existence existence)
    {
        if (existence.IsQuestion) AddEstCeQue(phrase, "");
        phrase.Add("il", Concepts.Subject);
        if (existence.IsNegated) phrase.AddElidable("ne", "n'", Concepts.Determiner(Concepts.Object));
        phrase.Add("y", Concepts.Subject);
        phrase.Add("a", Concepts.Verb, Concepts.Tense);
        if (existence.IsNegated) phrase.Add("pas", Concepts.Determiner(Concepts.Object));
        FrenchParticipants.Add(phrase, existence.NounPhrase, Concepts.Object, existence.IsNegated);
        AddAdjunct(phrase, existence.Adjunct, Concepts.Adjunct);
    }

    private static void AddClause(Phrase phrase, Clause clause, string path)
    {
        if (clause.AdverbFirst) AddAdverb(phrase, clause, path);
        if (clause.QuestionWord is { } asked) AddThat(phrase, asked.French, Concepts.Of(path, Concepts.QuestionWord));
        if (clause.AsksForLocation)
        {
            AddVerb(phrase, clause, path);
            FrenchParticipants.Add(phrase, clause.Subject, Concepts.Of(path, Concepts.Subject));
            return;
        }
        if (clause.IsQuestion && !clause.AsksForSubject) AddEstCeQue(phrase, path);
        FrenchParticipants.AddSubject(phrase, clause.Subject, Concepts.Of(path, Concepts.Subject));
        AddVerb(phrase, clause, path);
        AddComplements(phrase, clause, path);
    }

    /// <summary>ne, clitics, finite verb, pas, short adverb, then what is not finite.</summary>
    private static void AddVerb(Phrase phrase, Clause clause, string path)
    {
        if (clause.Polarity != Polarity.Affirmative) AddNe(phrase, path);
        if (clause.Modal is null) AddClitics(phrase, clause, path);
        AddFinite(phrase, clause, path);
        if (clause.Polarity != Polarity.Affirmative) phrase.Add(Negator(clause.Polarity), Concepts.Of(path, Concepts.Negation));
        if (clause.Adverb?.Kind is AdverbKind.Frequency or AdverbKind.ShortManner) AddAdverb(phrase, clause, path);
        AddNonFinite(phrase, clause, path);
    }

    private static void AddFinite(Phrase phrase, Clause clause, string path)
    {
        var (verb, tense) = (Concepts.Of(path, Concepts.Verb), Concepts.Of(path, Concepts.Tense));
        var subject = Agreement.Of(clause.Subject);
        var infinitive = clause.Verb.French;
        if (clause.Modal is { } modal)
            phrase.Add(FrenchConjugation.Present(modal.French, subject), Concepts.Of(path, Concepts.Modal), tense);
        else if (clause.Tense == Tense.Past)
            phrase.Add(FrenchConjugation.Present(FrenchConjugation.Auxiliary(infinitive), subject), tense);
        else if (clause.Tense == Tense.Future)
            phrase.Add(FrenchConjugation.Future(infinitive, subject), verb, tense);
        else
            phrase.Add(FrenchConjugation.Present(infinitive, subject), verb, tense);
    }

    private static void AddNonFinite(Phrase phrase, Clause clause, string path)
    {
        var verb = Concepts.Of(path, Concepts.Verb);
        if (clause.Modal is not null)
        {
            AddClitics(phrase, clause, path);
            phrase.Add(clause.Verb.French, verb);
        }
        else if (clause.Tense == Tense.Past)
        {
            phrase.Add(FrenchConjugation.Participle(clause.Verb.French, ParticipleAgreement(clause)), verb);
        }
    }

    /// <summary>With être the subject; with avoir an object that stands before it, and else nothing.</summary>
    private static Agreement ParticipleAgreement(Clause clause) => clause switch
    {
        _ when FrenchConjugation.TakesEtre(clause.Verb.French) => Agreement.Of(clause.Subject),
        { Object: Pronoun pronoun } => Agreement.Of(pronoun),
        _ => default,
    };

    private static void AddClitics(Phrase phrase, Clause clause, string path)
    {
        if (clause.Object is Pronoun what)
            FrenchParticipants.AddClitic(phrase, what, Concepts.Of(path, Concepts.Object), isRecipient: false);
        if (clause.Recipient is Pronoun whom)
            FrenchParticipants.AddClitic(phrase, whom, Concepts.Of(path, Concepts.Recipient), isRecipient: true);
    }

    private static void AddComplements(Phrase phrase, Clause clause, string path)
    {
        if (clause.Attribute is { } attribute)
        {
            if (clause.IsVery) phrase.Add("très", Concepts.Of(path, Concepts.Degree));
            phrase.Add(FrenchMorphology.Inflect(attribute.French, Agreement.Of(clause.Subject)), Concepts.Of(path, Concepts.Attribute));
        }
        if (clause.Object is { } what and not Pronoun)
            FrenchParticipants.Add(phrase, what, Concepts.Of(path, Concepts.Object), clause.Polarity != Polarity.Affirmative);
        if (clause.Recipient is { } whom and not Pronoun)
            AddAdjunct(phrase, new(Prepositions.To, whom), Concepts.Of(path, Concepts.Recipient));
        if (clause.Adverb?.Kind == AdverbKind.LongManner) AddAdverb(phrase, clause, path);
        if (clause.Adjunct is { } adjunct) AddAdjunct(phrase, adjunct, Concepts.Of(path, Concepts.Adjunct));
        if (clause.Adverb?.Kind == AdverbKind.Time && !clause.AdverbFirst) AddAdverb(phrase, clause, path);
    }

    private static void AddAdjunct(Phrase phrase, Adjunct adjunct, string path)
    {
        FrenchParticipants.AddPreposition(phrase, adjunct.Preposition, Concepts.Preposition(path));
        FrenchParticipants.Add(phrase, adjunct.Participant, path);
    }

    private static void AddAdverb(Phrase phrase, Clause clause, string path) =>
        phrase.Add(clause.Adverb!.French, Concepts.Of(path, Concepts.Adverb));

    private static void AddNe(Phrase phrase, string path) => phrase.AddElidable("ne", "n'", Concepts.Of(path, Concepts.Negation));

    private static void AddEstCeQue(Phrase phrase, string path) => AddThat(phrase, "est-ce que", Concepts.Of(path, Concepts.Question));

    /// <summary>Words of which a final que elides: que, parce que, est-ce que.</summary>
    private static void AddThat(Phrase phrase, string text, string concept)
    {
        foreach (var word in text.Split(' '))
        {
            if (word == "que") phrase.AddElidable("que", "qu'", concept);
            else phrase.Add(word, concept);
        }
    }

    private static string Negator(Polarity polarity) => polarity switch
    {
        Polarity.Never => "jamais",
        Polarity.NoLonger => "plus",
        _ => "pas",
    };
}
