namespace Translator.Corpus.Toy;

/// <summary>Who or what takes part in a clause.</summary>
public abstract record Participant;

public sealed record NounPhrase(Noun Noun, Determiner Determiner, Number Number = Number.Singular) : Participant
{
    /// <summary>In English order; at most one before the French noun and one after it.</summary>
    public IReadOnlyList<Adjective> Adjectives { get; init; } = [];

    public Numeral? Numeral { get; init; }

    /// <summary>le livre de marie, marie's book: one named owner, or one person.</summary>
    public Participant? Owner { get; init; }
}

public sealed record Pronoun(Person Person, Number Number, Gender Gender = Gender.Masculine) : Participant;

public sealed record ProperName(Name Name) : Participant;

/// <summary>Two joined by and.</summary>
public sealed record Pair(Participant First, Participant Second) : Participant;

/// <summary>The one a question asks for: who sings?</summary>
public sealed record Who : Participant;

public sealed record Adjunct(Preposition Preposition, Participant Participant);
