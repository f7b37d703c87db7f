namespace Translator.Corpus.Toy;

/// <summary>What a sentence means, before any language has words for it.</summary>
public abstract record Sentence;

/// <summary>Somebody does something. Slots that stay null are not expressed.</summary>
public sealed record Clause(Participant Subject, Verb Verb) : Sentence
{
    public Tense Tense { get; init; }

    public Polarity Polarity { get; init; }

    public bool IsQuestion { get; init; }

    public QuestionWord? QuestionWord { get; init; }

    public Modal? Modal { get; init; }

    /// <summary>What the subject is said to be, with <see cref="Verbs.Be"/>.</summary>
    public Adjective? Attribute { get; init; }

    /// <summary>The attribute is raised by very.</summary>
    public bool IsVery { get; init; }

    public Participant? Object { get; init; }

    public Participant? Recipient { get; init; }

    public Adjunct? Adjunct { get; init; }

    public Adverb? Adverb { get; init; }

    /// <summary>The adverb, one of time, opens the clause.</summary>
    public bool AdverbFirst { get; init; }

    /// <summary>Only who as subject asks without turning the clause around.</summary>
    public bool AsksForSubject => Subject is Who;

    /// <summary>où est le chat, where is the cat: French too puts the verb first.</summary>
    public bool AsksForLocation =>
        QuestionWord == FunctionWords.Where && Verb == Verbs.Be && Subject is not Pronoun;
}

/// <summary>Two clauses: that and because, and, but.</summary>
public sealed record Compound(Clause First, Conjunction Conjunction, Clause Second) : Sentence;

/// <summary>c'est un chat, this is a cat.</summary>
public sealed record Identification(NounPhrase NounPhrase, bool IsNegated = false) : Sentence;

/// <summary>il y a un chat dans le jardin, there is a cat in the garden.</summary>
public sealed record Existence(NounPhrase NounPhrase, Adjunct Adjunct) : Sentence
{
    public bool IsNegated { get; init; }

    public bool IsQuestion { get; init; }
}
