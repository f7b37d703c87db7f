using Translator.Corpus.Toy;
using static Translator.Corpus.Toy.Gender;
using static Translator.Corpus.Toy.Number;

namespace Translator.Tests.Corpus.Toy;

/// <summary>Short ways to say what a test sentence means.</summary>
internal static class Meanings
{
    internal static readonly Pronoun I = new(Person.First, Singular);
    internal static readonly Pronoun You = new(Person.Second, Singular);
    internal static readonly Pronoun He = new(Person.Third, Singular);
    internal static readonly Pronoun She = new(Person.Third, Singular, Feminine);
    internal static readonly Pronoun We = new(Person.First, Plural);
    internal static readonly Pronoun You2 = new(Person.Second, Plural);
    internal static readonly Pronoun They = new(Person.Third, Plural);
    internal static readonly Pronoun TheyFeminine = new(Person.Third, Plural, Feminine);
    internal static readonly ProperName Marie = new(Lexicon.Name("marie"));
    internal static readonly ProperName Anne = new(Lexicon.Name("anne"));
    internal static readonly ProperName Paul = new(Lexicon.Name("paul"));

    internal static Clause Say(Participant subject, string verb) => new(subject, Lexicon.Verb(verb));

    internal static Clause Be(Participant subject, string adjective) =>
        new(subject, Verbs.Be) { Attribute = Lexicon.Adjective(adjective) };

    internal static NounPhrase The(string noun, params string[] adjectives) => Phrase(noun, Determiner.Definite, Singular, adjectives);

    internal static NounPhrase TheMany(string noun, params string[] adjectives) => Phrase(noun, Determiner.Definite, Plural, adjectives);

    internal static NounPhrase One(string noun, params string[] adjectives) => Phrase(noun, Determiner.Indefinite, Singular, adjectives);

    internal static NounPhrase Some(string noun, params string[] adjectives) => Phrase(noun, Determiner.Indefinite, Plural, adjectives);

    internal static NounPhrase Two(string noun, params string[] adjectives) =>
        Phrase(noun, Determiner.None, Plural, adjectives) with { Numeral = Lexicon.Numeral("deux") };

    internal static NounPhrase This(string noun, params string[] adjectives) => Phrase(noun, Determiner.Demonstrative, Singular, adjectives);

    internal static NounPhrase Mine(string noun) => Phrase(noun, Determiner.My, Singular, []);

    private static NounPhrase Phrase(string noun, Determiner determiner, Number number, string[] adjectives) =>
        new(Lexicon.Noun(noun), determiner, number) { Adjectives = [.. adjectives.Select(Lexicon.Adjective)] };
}
