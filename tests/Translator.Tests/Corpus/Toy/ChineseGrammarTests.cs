using Translator.Corpus;
using Translator.Corpus.Toy;
using Xunit;
using static Translator.Corpus.Toy.Number;
using static Translator.Tests.Corpus.Toy.Meanings;

namespace Translator.Tests.Corpus.Toy;

/// <summary>Chinese sentences checked by hand, one or more for each phenomenon of the grammar.</summary>
public class ChineseGrammarTests
{
    private static readonly (string Chinese, string English, Sentence Meaning)[] Examples =
    [
        // measure words, number, what is said of definiteness
        ("那只黑猫睡觉。", "the black cat sleeps .", Say(The("chat", "noir"), "dormir")),
        ("那些小白狗跑步。", "the small white dogs run .", Say(TheMany("chien", "petit", "blanc"), "courir")),
        ("我看见一只美丽的鸟。", "i see a beautiful bird .", Say(I, "voir") with { Object = One("oiseau", "beau") }),
        ("他们有两匹老马。", "they have two old horses .", Say(They, "avoir") with { Object = Two("cheval", "vieux") }),
        ("这辆旧汽车很贵。", "this old car is expensive .", Be(This("voiture", "vieux"), "cher")),
        ("那棵树很老。", "the tree is old .", Be(The("arbre"), "vieux")),
        ("那个男人爱我的朋友。", "the man loves my friend .", Say(The("homme"), "aimer") with { Object = Mine("amie") }),
        ("我看见我的那些猫。", "i see my cats .", Say(I, "voir") with { Object = new NounPhrase(Lexicon.Noun("chat"), Determiner.My, Plural) }),
        ("我看见安妮的书。", "i see anne 's book .", Say(I, "voir") with { Object = The("livre") with { Owner = Anne } }),
        ("我读那位国王的那些书。", "i read the king 's books .", Say(I, "lire") with { Object = TheMany("livre") with { Owner = The("roi") } }),
        ("她戴一顶帽子。", "she wears a hat .", Say(She, "porter") with { Object = One("chapeau") }),

        // some, any and a
        ("她喝一些水。", "she drinks some water .", Say(She, "boire") with { Object = One("eau") }),
        ("她不喝任何牛奶。", "she does not drink any milk .", Say(She, "boire") with { Object = One("lait"), Polarity = Polarity.Not }),
        ("你没有钥匙。", "you do not have a key .", Say(You, "avoir") with { Object = One("clé"), Polarity = Polarity.Not }),
        ("你买一些漂亮的花。", "you buy some pretty flowers .", Say(You, "acheter") with { Object = Some("fleur", "joli") }),

        // qualities
        ("玛丽和保罗很疲倦。", "marie and paul are tired .", Be(new Pair(Marie, Paul), "fatigué")),
        ("那只猫头鹰不胖。", "the owl is not fat .", Be(The("hibou"), "gros") with { Polarity = Polarity.Not }),
        ("那扇门是红色的。", "the door is red .", Be(The("porte"), "rouge")),
        ("她非常难过。", "she is very sad .", Be(She, "triste") with { IsVery = true }),
        ("她不是非常难过。", "she is not very sad .", Be(She, "triste") with { IsVery = true, Polarity = Polarity.Not }),
        ("他当时很高兴。", "he was happy .", Be(He, "heureux") with { Tense = Tense.Past }),
        ("昨天他很高兴。", "yesterday he was happy .", Be(He, "heureux") with { Tense = Tense.Past, Adverb = Lexicon.Adverb("hier"), AdverbFirst = true }),
        ("他今天早些时候很高兴。", "he was happy today .", Be(He, "heureux") with { Tense = Tense.Past, Adverb = Lexicon.Adverb("aujourd'hui") }),
        ("他从没高兴过。", "he was never happy .", Be(He, "heureux") with { Tense = Tense.Past, Polarity = Polarity.Never }),
        ("他会很高兴。", "he will be happy .", Be(He, "heureux") with { Tense = Tense.Future }),

        // past, future, negation
        ("她们摔倒了。", "they fell .", Say(TheyFeminine, "tomber") with { Tense = Tense.Past }),
        ("那位女王拿了那把钥匙。", "the queen took the key .", Say(The("reine"), "prendre") with { Object = The("clé"), Tense = Tense.Past }),
        ("他没找到我们。", "he did not find us .", Say(He, "trouver") with { Object = We, Tense = Tense.Past, Polarity = Polarity.Not }),
        ("他找不到我们。", "he does not find us .", Say(He, "trouver") with { Object = We, Polarity = Polarity.Not }),
        ("他从来看不见我们。", "he never sees us .", Say(He, "voir") with { Object = We, Polarity = Polarity.Never }),
        ("他从没看见过我们。", "he never saw us .", Say(He, "voir") with { Object = We, Tense = Tense.Past, Polarity = Polarity.Never }),
        ("他从没睡过觉。", "he never slept .", Say(He, "dormir") with { Tense = Tense.Past, Polarity = Polarity.Never }),
        ("他当时爱玛丽。", "he loved marie .", Say(He, "aimer") with { Object = Marie, Tense = Tense.Past }),
        ("他当时没有我的猫。", "he did not have my cat .", Say(He, "avoir") with { Object = Mine("chat"), Tense = Tense.Past, Polarity = Polarity.Not }),
        ("保罗永远不会跳舞。", "paul will never dance .", Say(Paul, "danser") with { Tense = Tense.Future, Polarity = Polarity.Never }),
        ("我们不再工作。", "we no longer work .", Say(We, "travailler") with { Polarity = Polarity.NoLonger }),
        ("我们不会再工作。", "we will no longer work .", Say(We, "travailler") with { Tense = Tense.Future, Polarity = Polarity.NoLonger }),

        // modals
        ("你们打算哭。", "you are going to cry .", Say(You2, "pleurer") with { Modal = Lexicon.Modal("aller") }),
        ("你们不能再唱歌。", "you can no longer sing .", Say(You2, "chanter") with { Modal = Lexicon.Modal("pouvoir"), Polarity = Polarity.NoLonger }),
        ("你必须唱歌。", "you must sing .", Say(You, "chanter") with { Modal = Lexicon.Modal("devoir") }),
        ("你不许唱歌。", "you must not sing .", Say(You, "chanter") with { Modal = Lexicon.Modal("devoir"), Polarity = Polarity.Not }),
        ("她想对我说话。", "she wants to speak to me .", Say(She, "parler") with { Recipient = I, Modal = Lexicon.Modal("vouloir") }),

        // adverbs, places, companions, recipients
        ("他当时睡得很好。", "he slept well .", Say(He, "dormir") with { Tense = Tense.Past, Adverb = Lexicon.Adverb("bien") }),
        ("他睡得不好。", "he does not sleep well .", Say(He, "dormir") with { Polarity = Polarity.Not, Adverb = Lexicon.Adverb("bien") }),
        ("他们经常喝那些汤。", "they often drink the soup .", Say(They, "boire") with { Object = The("soupe"), Adverb = Lexicon.Adverb("souvent") }),
        ("明天我会看见那些狼。", "tomorrow i will see the wolves .",
            Say(I, "voir") with { Object = TheMany("loup"), Tense = Tense.Future, Adverb = Lexicon.Adverb("demain"), AdverbFirst = true }),
        ("你去那个市场。", "you go to the market .", Say(You, "aller") with { Adjunct = new(Prepositions.To, The("marché")) }),
        ("她到达了那所学校。", "she arrived at the school .", Say(She, "arriver") with { Tense = Tense.Past, Adjunct = new(Prepositions.At, The("école")) }),
        ("他们从那些公园来。", "they come from the parks .", Say(They, "venir") with { Adjunct = new(Prepositions.From, TheMany("parc")) }),
        ("他在那条街上玩。", "he plays in the street .", Say(He, "jouer") with { Adjunct = new(Prepositions.In, The("rue")) }),
        ("他没跟玛丽一起跳舞。", "he did not dance with marie .",
            Say(He, "danser") with { Tense = Tense.Past, Polarity = Polarity.Not, Adjunct = new(Prepositions.With, Marie) }),
        ("你给了他们那些面包。", "you gave the bread to them .", Say(You, "donner") with { Object = The("pain"), Recipient = They, Tense = Tense.Past }),
        ("你给玛丽看那本书。", "you show the book to marie .", Say(You, "montrer") with { Object = The("livre"), Recipient = Marie }),

        // questions
        ("她回来了吗？", "did she come back ?", Say(She, "revenir") with { Tense = Tense.Past, IsQuestion = true }),
        ("你们做什么？", "what do you make ?", Say(You2, "faire") with { IsQuestion = true, QuestionWord = FunctionWords.What }),
        ("你会去哪里？", "where will you go ?", Say(You, "aller") with { Tense = Tense.Future, IsQuestion = true, QuestionWord = FunctionWords.Where }),
        ("你是在哪里睡觉的？", "where did you sleep ?", Say(You, "dormir") with { Tense = Tense.Past, IsQuestion = true, QuestionWord = FunctionWords.Where }),
        ("他是什么时候离开的？", "when did he leave ?", Say(He, "partir") with { Tense = Tense.Past, IsQuestion = true, QuestionWord = FunctionWords.When }),
        ("我的那些钥匙在哪里？", "where are my keys ?",
            new Clause(new NounPhrase(Lexicon.Noun("clé"), Determiner.My, Plural), Verbs.Be) { IsQuestion = true, QuestionWord = FunctionWords.Where }),
        ("他为什么不吃那些肉？", "why does he not eat the meat ?",
            Say(He, "manger") with { Object = The("viande"), Polarity = Polarity.Not, IsQuestion = true, QuestionWord = FunctionWords.Why }),
        ("谁打开了那扇门？", "who opened the door ?", Say(new Who(), "ouvrir") with { Object = The("porte"), Tense = Tense.Past, IsQuestion = true }),

        // other sentences
        ("这是一个鸡蛋。", "this is an egg .", new Identification(One("œuf"))),
        ("这些不是玛丽的那些孩子。", "these are not marie 's children .", new Identification(TheMany("enfant") with { Owner = Marie }, IsNegated: true)),
        ("那座桥附近有一些鹅。", "there are some geese near the bridge .", new Existence(Some("oie"), new(Prepositions.Near, The("pont")))),
        ("那座车站前面没有旅馆。", "there is no hotel in front of the station .",
            new Existence(One("hôtel"), new(Prepositions.InFrontOf, The("gare"))) { IsNegated = true }),
        ("那座花园里有一只猫吗？", "is there a cat in the garden ?", new Existence(One("chat"), new(Prepositions.In, The("jardin"))) { IsQuestion = true }),
        ("我认为安妮会来。", "i think that anne will come .",
            new Compound(Say(I, "penser"), FunctionWords.That, Say(Anne, "venir") with { Tense = Tense.Future })),
        ("她停留，因为她很难受。", "she stays because she is sick .",
            new Compound(Say(She, "rester"), FunctionWords.Because, Be(She, "malade"))),
    ];

    public static TheoryData<string, string> Rows => [.. Examples.Select(example => (example.Chinese, example.English))];

    [Theory]
    [MemberData(nameof(Rows))]
    public void Says_the_same_in_both_languages(string chinese, string english)
    {
        var pair = Of(chinese);

        Assert.Equal(chinese, pair.Source);
        Assert.Equal(english, pair.Target);
    }

    [Theory]
    [InlineData("那只黑猫睡觉。", "0-0 1-0 2-1 3-2 4-3 5-3 6-4")]
    [InlineData("你没有钥匙。", "0-0 1-2 2-1 2-3 3-4 3-5 4-4 4-5 5-6")]
    [InlineData("我读那位国王的那些书。", "0-0 1-1 2-2 3-2 4-3 5-3 6-4 7-5 8-5 9-5 10-6")]
    [InlineData("他从没睡过觉。", "0-0 1-1 2-1 3-2 4-2 5-2 6-3")]
    [InlineData("他没找到我们。", "0-0 1-1 1-2 2-3 3-3 4-4 5-4 6-5")]
    [InlineData("她回来了吗？", "0-1 1-2 1-3 2-2 2-3 3-0 4-0 5-4")]
    [InlineData("你给玛丽看那本书。", "0-0 1-4 2-5 3-5 4-1 5-2 6-2 7-3 8-6")]
    [InlineData("我认为安妮会来。", "0-0 1-1 1-2 2-1 2-2 3-3 4-3 5-4 6-5 7-6")]
    [InlineData("那座车站前面没有旅馆。", "0-7 1-7 2-8 3-8 4-4 4-5 4-6 5-4 5-5 5-6 6-2 7-0 7-1 8-3 9-3 10-9")]
    public void Links_what_expresses_the_same(string chinese, string links) => Assert.Equal(links, Of(chinese).Links);

    [Fact]
    public void Every_lemma_has_chinese_words()
    {
        Assert.All(Nouns.All, noun => Assert.NotEmpty(ChineseNouns.Of(noun).Text + ChineseNouns.Of(noun).Measure));
        Assert.All(Nouns.Names, name => Assert.NotEmpty(ChineseNouns.Of(name)));
        Assert.All(Verbs.Conjugated.Concat(Verbs.Reporting), verb => Assert.NotEmpty(ChineseWords.Of(verb, null).First));
        Assert.All(Verbs.Modals, modal => Assert.NotEmpty(ChineseWords.Of(modal).Text));
        Assert.All(Adjectives.All, adjective => Assert.NotEmpty(ChineseWords.Of(adjective, He).Text));
        Assert.All(Adverbs.All, adverb => Assert.NotEmpty(ChineseWords.Of(adverb)));
        Assert.All(FunctionWords.Numerals, numeral => Assert.NotEmpty(ChineseWords.Of(numeral)));
        Assert.All(Prepositions.OfPlace, preposition => Assert.NotEmpty(ChineseWords.Side(preposition, He)));
    }

    [Fact]
    public void No_chinese_sentence_has_two_translations()
    {
        var sentences = new SentenceSampler(new SplitMix64(3));
        var translations = new Dictionary<string, string>();
        for (var i = 0; i < 50_000; i++)
        {
            var pair = ToyPair.Of(sentences.Sample(), Language.Chinese);
            if (!translations.TryAdd(pair.Source, pair.Target)) Assert.Equal(translations[pair.Source], pair.Target);
        }
    }

    private static ToyPair Of(string chinese) => ToyPair.Of(Examples.Single(example => example.Chinese == chinese).Meaning, Language.Chinese);
}
