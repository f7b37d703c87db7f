using static Translator.Corpus.Toy.AdverbKind;

namespace Translator.Corpus.Toy;

/// <summary>The adverbs of the corpus.</summary>
public static class Adverbs
{
    public static IReadOnlyList<Adverb> All { get; } =
    [
        new("souvent", "often", Frequency),
        new("toujours", "always", Frequency),
        new("bien", "well", ShortManner) { Unfit = ["pleurer"] },
        new("mal", "badly", ShortManner) { Unfit = ["pleurer"] },
        new("beaucoup", "a lot", ShortManner),
        new("lentement", "slowly", LongManner) { Unfit = ["dormir", "jouer", "pleurer"] },
        new("hier", "yesterday", Time, Tense.Past),
        new("ce matin", "this morning", Time, Tense.Past),
        new("demain", "tomorrow", Time, Tense.Future),
        new("ce soir", "tonight", Time, Tense.Future),
        new("aujourd'hui", "today", Time),
        new("tous les jours", "every day", Time, Tense.Present),
    ];
}
