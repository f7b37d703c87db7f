namespace Translator.Corpus.Toy;

/// <summary>Says a meaning in English.</summary>
public sealed class EnglishRealiser : IRealiser
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
        return Sandhi.English(phrase.Tokens);
    }

    private static void AddCompound(Phrase phrase, Compound compound)
    {
        AddClause(phrase, compound.First, Concepts.First(""));
        phrase.Add(compound.Conjunction.English, Concepts.Conjunction);
        AddClause(phrase, compound.Second, Concepts.Second(""));
    }

    private static void AddIdentification(Phrase phrase, Identification identification)
    {
        var isPlural = identification.NounPhrase.Number == Number.Plural;
        phrase.Add(isPlural ? "these" : "this", Concepts.Subject);
        phrase.Add(isPlural ? "are" : "is", Concepts.Verb, Concepts.Tense);
        if (identification.IsNegated) phrase.Add("not", Concepts.Negation);
        EnglishParticipants.Add(phrase, identification.NounPhrase, Concepts.Object);
    }

    private static void AddExistence(Phrase phrase, Existence existence)
    {
        var be = existence.NounPhrase.Number == Number.Plural ? "are" : "is";
        if (existence.IsQuestion) phrase.Add(be, Concepts.Verb, Concepts.Tense, Concepts.Question);
        phrase.Add("there", Concepts.Subject);
        if (!existence.IsQuestion) phrase.Add(be, Concepts.Verb, Concepts.Tense);
        if (existence.IsNegated)
        {
            phrase.Add("no", Concepts.Determiner(Concepts.Object));
            EnglishParticipants.AddNominal(phrase, existence.NounPhrase, Concepts.Object);
        }
        else
        {
            EnglishParticipants.Add(phrase, existence.NounPhrase, Concepts.Object);
        }
        AddAdjunct(phrase, existence.Adjunct, Concepts.Adjunct);
    }

    private static void AddClause(Phrase phrase, Clause clause, string path)
    {
        var group = new EnglishVerbGroup(clause, path);
        if (clause.AdverbFirst) AddAdverb(phrase, clause, path);
        if (clause.QuestionWord is { } asked) phrase.Add(asked.English, Concepts.Of(path, Concepts.QuestionWord));
        if (clause.IsQuestion && !clause.AsksForSubject) AddAuxiliary(phrase, group, Concepts.Of(path, Concepts.Question));
        EnglishParticipants.AddSubject(phrase, clause.Subject, Concepts.Of(path, Concepts.Subject));
        if (!clause.IsQuestion || clause.AsksForSubject) AddAuxiliary(phrase, group);

        if (clause.Polarity != Polarity.Affirmative) phrase.Add(Negator(clause.Polarity), Concepts.Of(path, Concepts.Negation));
        if (clause.Adverb?.Kind == AdverbKind.Frequency) AddAdverb(phrase, clause, path);
        foreach (var token in group.Rest.Tokens) phrase.Add(token.Text, [.. token.Concepts]);
        AddComplements(phrase, clause, path);
    }

    private static void AddAuxiliary(Phrase phrase, EnglishVerbGroup group, params string[] alsoExpresses)
    {
        if (group.Auxiliary is { } auxiliary) phrase.Add(auxiliary.Text, [.. auxiliary.Concepts, .. alsoExpresses]);
    }

    private static void AddComplements(Phrase phrase, Clause clause, string path)
    {
        if (clause.Attribute is { } attribute)
        {
            if (clause.IsVery) phrase.Add("very", Concepts.Of(path, Concepts.Degree));
            phrase.Add(attribute.English, Concepts.Of(path, Concepts.Attribute));
        }
        if (clause.Object is { } what)
            EnglishParticipants.Add(phrase, what, Concepts.Of(path, Concepts.Object), clause.Polarity != Polarity.Affirmative);
        if (clause.Recipient is { } whom) AddRecipient(phrase, whom, Concepts.Of(path, Concepts.Recipient));
        if (clause.Adverb?.Kind is AdverbKind.ShortManner or AdverbKind.LongManner) AddAdverb(phrase, clause, path);
        if (clause.Adjunct is { } adjunct) AddAdjunct(phrase, adjunct, Concepts.Of(path, Concepts.Adjunct));
        if (clause.Adverb?.Kind == AdverbKind.Time && !clause.AdverbFirst) AddAdverb(phrase, clause, path);
    }

    private static void AddRecipient(Phrase phrase, Participant whom, string path)
    {
        phrase.Add("to", Concepts.Preposition(path));
        EnglishParticipants.Add(phrase, whom, path);
    }

    private static void AddAdjunct(Phrase phrase, Adjunct adjunct, string path)
    {
        phrase.Add(adjunct.Preposition.English, Concepts.Preposition(path));
        EnglishParticipants.Add(phrase, adjunct.Participant, path);
    }

    private static void AddAdverb(Phrase phrase, Clause clause, string path) =>
        phrase.Add(clause.Adverb!.English, Concepts.Of(path, Concepts.Adverb));

    private static string Negator(Polarity polarity) => polarity switch
    {
        Polarity.Never => "never",
        Polarity.NoLonger => "no longer",
        _ => "not",
    };
}
