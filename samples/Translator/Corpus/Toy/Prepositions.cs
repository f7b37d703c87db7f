using static Translator.Corpus.Toy.Kind;

namespace Translator.Corpus.Toy;

/// <summary>The prepositions of the corpus.</summary>
public static class Prepositions
{
    public static Preposition In { get; } = new("dans", "in", Place | Container);

    public static Preposition On { get; } = new("sur", "on", Surface);

    public static Preposition Under { get; } = new("sous", "under", Cover);

    public static Preposition InFrontOf { get; } = new("devant", "in front of", Site | Cover | Vehicle | Opening);

    public static Preposition Behind { get; } = new("derrière", "behind", Site | Cover | Vehicle);

    public static Preposition Near { get; } = new("près de", "near", Site | Cover | Vehicle | Opening);

    public static Preposition With { get; } = new("avec", "with", Human);

    public static Preposition To { get; } = new("à", "to", Human | Destination);

    /// <summary>The same à after arriver, where English says at.</summary>
    public static Preposition At { get; } = new("à", "at", Destination);

    public static Preposition From { get; } = new("de", "from", Destination);

    /// <summary>Where a thing can be.</summary>
    public static IReadOnlyList<Preposition> OfPlace { get; } = [In, On, Under, InFrontOf, Behind, Near];
}
