using Translator.Corpus.Toy;
using Xunit;
using static Translator.Corpus.Toy.Number;
using static Translator.Tests.Corpus.Toy.Meanings;

namespace Translator.Tests.Corpus.Toy;

/// <summary>French sentences checked by hand, one or more for each phenomenon of the grammar.</summary>
public class FrenchGrammarTests
{
    private static readonly (string French, string English, Sentence Meaning)[] Examples =
    [
        // agreement, places of adjectives, irregular forms
        ("le chat noir dort .", "the black cat sleeps .", Say(The("chat", "noir"), "dormir")),
        ("la vache noire dort .", "the black cow sleeps .", Say(The("vache", "noir"), "dormir")),
        ("les petits chiens blancs courent .", "the small white dogs run .", Say(TheMany("chien", "petit", "blanc"), "courir")),
        ("les souris blanches mangent le gâteau .", "the white mice eat the cake .", Say(TheMany("souris", "blanc"), "manger") with { Object = The("gâteau") }),
        ("je vois un bel oiseau .", "i see a beautiful bird .", Say(I, "voir") with { Object = One("oiseau", "beau") }),
        ("je vois un vieil homme .", "i see an old man .", Say(I, "voir") with { Object = One("homme", "vieux") }),
        ("nous mangeons une nouvelle orange .", "we eat a new orange .", Say(We, "manger") with { Object = One("orange", "nouveau") }),
        ("ils ont deux vieux chevaux .", "they have two old horses .", Say(They, "avoir") with { Object = Two("cheval", "vieux") }),
        ("les hiboux sont dangereux .", "the owls are dangerous .", Be(TheMany("hibou"), "dangereux")),
        ("cette vieille voiture est chère .", "this old car is expensive .", Be(This("voiture", "vieux"), "cher")),
        ("marie et paul sont fatigués .", "marie and paul are tired .", Be(new Pair(Marie, Paul), "fatigué")),
        ("marie et anne sont heureuses .", "marie and anne are happy .", Be(new Pair(Marie, Anne), "heureux")),

        // elision, liaison, contraction
        ("l' homme aime mon amie .", "the man loves my friend .", Say(The("homme"), "aimer") with { Object = Mine("amie") }),
        ("j' écris cette histoire .", "i write this story .", Say(I, "écrire") with { Object = This("histoire") }),
        ("cet arbre est beau .", "this tree is beautiful .", Be(This("arbre"), "beau")),
        ("le hibou n' est pas gros .", "the owl is not fat .", Be(The("hibou"), "gros") with { Polarity = Polarity.Not }),
        ("tu vas au marché .", "you go to the market .", Say(You, "aller") with { Adjunct = new(Prepositions.To, The("marché")) }),
        ("elle arrive à l' école .", "she arrives at the school .", Say(She, "arriver") with { Adjunct = new(Prepositions.At, The("école")) }),
        ("ils viennent des parcs .", "they come from the parks .", Say(They, "venir") with { Adjunct = new(Prepositions.From, TheMany("parc")) }),
        ("je parle aux enfants .", "i speak to the children .", Say(I, "parler") with { Recipient = TheMany("enfant") }),
        ("je vois le livre d' anne .", "i see anne 's book .", Say(I, "voir") with { Object = The("livre") with { Owner = Anne } }),
        ("je lis le livre du roi .", "i read the king 's book .", Say(I, "lire") with { Object = The("livre") with { Owner = The("roi") } }),

        // some, any and a
        ("elle boit de l' eau .", "she drinks some water .", Say(She, "boire") with { Object = One("eau") }),
        ("elle ne boit pas de lait .", "she does not drink any milk .", Say(She, "boire") with { Object = One("lait"), Polarity = Polarity.Not }),
        ("tu n' as pas de clé .", "you do not have a key .", Say(You, "avoir") with { Object = One("clé"), Polarity = Polarity.Not }),
        ("tu achètes de jolies fleurs .", "you buy some pretty flowers .", Say(You, "acheter") with { Object = Some("fleur", "joli") }),

        // negation
        ("il n' aime pas marie .", "he does not love marie .", Say(He, "aimer") with { Object = Marie, Polarity = Polarity.Not }),
        ("paul ne dansera jamais .", "paul will never dance .", Say(Paul, "danser") with { Tense = Tense.Future, Polarity = Polarity.Never }),
        ("nous ne travaillons plus .", "we no longer work .", Say(We, "travailler") with { Polarity = Polarity.NoLonger }),
        ("vous ne pouvez plus chanter .", "you can no longer sing .", Say(You2, "chanter") with { Modal = Lexicon.Modal("pouvoir"), Polarity = Polarity.NoLonger }),

        // clitics and participles
        ("je le vois .", "i see him .", Say(I, "voir") with { Object = He }),
        ("je l' ai vu .", "i saw him .", Say(I, "voir") with { Object = He, Tense = Tense.Past }),
        ("je l' ai vue .", "i saw her .", Say(I, "voir") with { Object = She, Tense = Tense.Past }),
        ("nous les avons attendues .", "we waited for them .", Say(We, "attendre") with { Object = TheyFeminine, Tense = Tense.Past }),
        ("il ne nous a pas trouvés .", "he did not find us .", Say(He, "trouver") with { Object = We, Tense = Tense.Past, Polarity = Polarity.Not }),
        ("elle veut me parler .", "she wants to speak to me .", Say(She, "parler") with { Recipient = I, Modal = Lexicon.Modal("vouloir") }),
        ("tu leur donnes le pain .", "you give the bread to them .", Say(You, "donner") with { Object = The("pain"), Recipient = They }),
        ("elles sont tombées .", "they fell .", Say(TheyFeminine, "tomber") with { Tense = Tense.Past }),
        ("marie est allée à la gare .", "marie went to the station .",
            Say(Marie, "aller") with { Tense = Tense.Past, Adjunct = new(Prepositions.To, The("gare")) }),
        ("la reine a pris la clé .", "the queen took the key .", Say(The("reine"), "prendre") with { Object = The("clé"), Tense = Tense.Past }),

        // tenses, adverbs
        ("il a bien dormi .", "he slept well .", Say(He, "dormir") with { Tense = Tense.Past, Adverb = Lexicon.Adverb("bien") }),
        ("ils mangent souvent la soupe .", "they often eat the soup .", Say(They, "manger") with { Object = The("soupe"), Adverb = Lexicon.Adverb("souvent") }),
        ("demain je verrai les loups .", "tomorrow i will see the wolves .",
            Say(I, "voir") with { Object = TheMany("loup"), Tense = Tense.Future, Adverb = Lexicon.Adverb("demain"), AdverbFirst = true }),
        ("vous allez pleurer .", "you are going to cry .", Say(You2, "pleurer") with { Modal = Lexicon.Modal("aller") }),

        // questions
        ("est-ce qu' elle est revenue ?", "did she come back ?", Say(She, "revenir") with { Tense = Tense.Past, IsQuestion = true }),
        ("qu' est-ce que vous faites ?", "what do you make ?", Say(You2, "faire") with { IsQuestion = true, QuestionWord = FunctionWords.What }),
        ("où est-ce que tu iras ?", "where will you go ?", Say(You, "aller") with { Tense = Tense.Future, IsQuestion = true, QuestionWord = FunctionWords.Where }),
        ("où sont mes clés ?", "where are my keys ?",
            new Clause(new NounPhrase(Lexicon.Noun("clé"), Determiner.My, Plural), Verbs.Be) { IsQuestion = true, QuestionWord = FunctionWords.Where }),
        ("pourquoi est-ce qu' il ne mange pas la viande ?", "why does he not eat the meat ?",
            Say(He, "manger") with { Object = The("viande"), Polarity = Polarity.Not, IsQuestion = true, QuestionWord = FunctionWords.Why }),
        ("qui a ouvert la porte ?", "who opened the door ?", Say(new Who(), "ouvrir") with { Object = The("porte"), Tense = Tense.Past, IsQuestion = true }),

        // other sentences
        ("c' est un œuf .", "this is an egg .", new Identification(One("œuf"))),
        ("ce ne sont pas les enfants de marie .", "these are not marie 's children .", new Identification(TheMany("enfant") with { Owner = Marie }, IsNegated: true)),
        ("il y a des oies près du pont .", "there are some geese near the bridge .", new Existence(Some("oie"), new(Prepositions.Near, The("pont")))),
        ("il n' y a pas d' hôtel devant la gare .", "there is no hotel in front of the station .",
            new Existence(One("hôtel"), new(Prepositions.InFrontOf, The("gare"))) { IsNegated = true }),
        ("je pense qu' anne viendra .", "i think that anne will come .",
            new Compound(Say(I, "penser"), FunctionWords.That, Say(Anne, "venir") with { Tense = Tense.Future })),
        ("elle reste parce qu' elle est malade .", "she stays because she is sick .",
            new Compound(Say(She, "rester"), FunctionWords.Because, Be(She, "malade"))),
    ];

    public static TheoryData<string, string> Rows => [.. Examples.Select(example => (example.French, example.English))];

    [Theory]
    [MemberData(nameof(Rows))]
    public void Says_the_same_in_both_languages(string french, string english)
    {
        var pair = Of(french);

        Assert.Equal(french, pair.Source);
        Assert.Equal(english, pair.Target);
    }

    [Theory]
    [InlineData("le chat noir dort .", "0-0 1-2 2-1 3-3 4-4")]
    [InlineData("il ne nous a pas trouvés .", "0-0 1-2 2-4 3-1 4-2 5-3 6-5")]
    [InlineData("nous les avons attendues .", "0-0 1-3 2-1 3-1 3-2 4-4")]
    [InlineData("demain je verrai les loups .", "0-0 1-1 2-2 2-3 3-4 4-5 5-6")]
    [InlineData("vous allez pleurer .", "0-0 1-1 1-2 1-3 2-4 3-5")]
    [InlineData("est-ce qu' elle est revenue ?", "0-0 1-0 2-1 3-0 4-2 4-3 5-4")]
    [InlineData("tu vas au marché .", "0-0 1-1 2-2 2-3 3-4 4-5")]
    [InlineData("tu leur donnes le pain .", "0-0 1-4 1-5 2-1 3-2 4-3 5-6")]
    [InlineData("elle boit de l' eau .", "0-0 1-1 2-2 3-2 4-3 5-4")]
    [InlineData("je lis le livre du roi .", "0-0 1-1 3-5 4-2 4-4 5-3 6-6")]
    [InlineData("il n' y a pas d' hôtel devant la gare .", "0-0 1-2 2-0 3-1 4-2 5-2 6-3 7-4 7-5 7-6 8-7 9-8 10-9")]
    public void Links_what_expresses_the_same(string french, string links) => Assert.Equal(links, Of(french).Links);

    private static ToyPair Of(string french) => ToyPair.Of(Examples.Single(example => example.French == french).Meaning, Language.French);
}
