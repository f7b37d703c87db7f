namespace Translator.Corpus.Toy;

// A word is a concept: one row of the lexicon with a lemma per language. What a language does to
// its lemma is that language's morphology; a further language adds a column or a table of its own.

public enum Countability { Count, Mass, SingularOnly }

public sealed record Noun(string French, Gender Gender, string English, Kind Kind, Countability Countability);

public sealed record Name(string Text, Gender Gender);

/// <param name="Kinds">What it is said of.</param>
/// <param name="BeforeNoun">Its place in French: le petit chat, but le chat noir.</param>
/// <param name="IsColour">A colour may join a preceding adjective: le petit chat noir.</param>
/// <param name="IsPassing">A state that comes and goes, so that past and future make sense.</param>
public sealed record Adjective(string French, string English, Kind Kinds, bool BeforeNoun, bool IsColour, bool IsPassing);

/// <summary>The complements a verb takes.</summary>
public enum Frame { Intransitive, Motion, Transitive, Giving, Speaking, Copula, Report }

/// <param name="English">The base form; further words follow it unchanged (look for).</param>
/// <param name="Subjects">The kinds that can do it.</param>
/// <param name="Objects">The kinds it is done to.</param>
public sealed record Verb(string French, string English, Frame Frame, Kind Subjects, Kind Objects)
{
    /// <summary>How a place of motion joins it, or null.</summary>
    public Preposition? Direction { get; init; }

    /// <summary>True where a verb says nothing without its place: one cannot just go.</summary>
    public bool NeedsDirection { get; init; }

    /// <summary>True where a place fits: one works in the garden, but does not own in it.</summary>
    public bool IsActivity { get; init; }

    /// <summary>Done alone: no companion.</summary>
    public bool IsSolitary { get; init; }

    /// <summary>Something that lasts: no adverb or place goes well with it.</summary>
    public bool IsState { get; init; }
}

/// <param name="English">can, must, "want to" or "be going to".</param>
/// <param name="IsAuxiliary">English inflects and negates it without do.</param>
public sealed record Modal(string French, string English, bool IsAuxiliary);

public enum AdverbKind
{
    /// <summary>French after the finite verb, English before the main verb: il mange souvent, he often eats.</summary>
    Frequency,
    /// <summary>French after the finite verb, English at the end: il a bien dormi, he slept well.</summary>
    ShortManner,
    /// <summary>At the end in both: il a marché lentement, he walked slowly.</summary>
    LongManner,
    /// <summary>First or last in both.</summary>
    Time,
}

/// <param name="Tense">The only tense it goes with, or null.</param>
public sealed record Adverb(string French, string English, AdverbKind Kind, Tense? Tense = null)
{
    /// <summary>The French verbs it makes no sense with: one does not sleep slowly.</summary>
    public IReadOnlyList<string> Unfit { get; init; } = [];
}

public sealed record Preposition(string French, string English, Kind Kinds);

public sealed record Numeral(string French, string English);

public sealed record Conjunction(string French, string English);

/// <summary>What a question asks for; the slot it fills is empty in the clause.</summary>
public enum Asked { Object, Adjunct }

public sealed record QuestionWord(string French, string English, Asked Asked);
