namespace Translator.Corpus.Toy;

/// <summary>
/// The words of an English verb: an auxiliary, which questions put before the subject and which not
/// follows, and the rest.
/// </summary>
internal sealed class EnglishVerbGroup
{
    private readonly string verb;
    private readonly string tense;
    private readonly string modal;

    public EnglishVerbGroup(Clause clause, string path)
    {
        verb = Concepts.Of(path, Concepts.Verb);
        tense = Concepts.Of(path, Concepts.Tense);
        modal = Concepts.Of(path, Concepts.Modal);
        var subject = Agreement.Of(clause.Subject);

        if (clause.Modal is { IsAuxiliary: true } auxiliary) UseModal(auxiliary, clause, subject);
        else if (clause.Tense == Tense.Future) UseWill(clause);
        else if (clause.Verb == Verbs.Be) Auxiliary = Word(EnglishMorphology.Finite("be", clause.Tense, subject), verb, tense);
        else if (NeedsDo(clause)) UseDo(clause, subject);
        else UseFinite(clause, subject);
    }

    /// <summary>The first word where it can stand before not, else null: then the clause is affirmed by its verb alone.</summary>
    public Token? Auxiliary { get; private set; }

    public Phrase Rest { get; } = new();

    private static bool NeedsDo(Clause clause) =>
        clause.Polarity == Polarity.Not || (clause.IsQuestion && !clause.AsksForSubject);

    private void UseModal(Modal auxiliary, Clause clause, Agreement subject)
    {
        var words = auxiliary.English.Split(' ', 2);
        Auxiliary = Word(words[0] == "be" ? EnglishMorphology.Present("be", subject) : words[0], modal, tense);
        if (words.Length > 1) Rest.Add(words[1], modal);
        Rest.Add(clause.Verb.English, verb);
    }

    private void UseWill(Clause clause)
    {
        Auxiliary = Word("will", tense);
        Rest.Add(clause.Verb.English, verb);
    }

    private void UseDo(Clause clause, Agreement subject)
    {
        Auxiliary = Word(EnglishMorphology.Finite("do", clause.Tense, subject), tense);
        if (clause.Modal is { } wish) Rest.Add(wish.English, modal);
        Rest.Add(clause.Verb.English, verb);
    }

    private void UseFinite(Clause clause, Agreement subject)
    {
        var words = (clause.Modal?.English ?? clause.Verb.English).Split(' ', 2);
        var concept = clause.Modal is null ? verb : modal;
        Rest.Add(EnglishMorphology.Finite(words[0], clause.Tense, subject), concept, tense);
        if (words.Length > 1) Rest.Add(words[1], concept);
        if (clause.Modal is not null) Rest.Add(clause.Verb.English, verb);
    }

    private static Token Word(string text, params string[] concepts) => new(text, null, concepts);
}
