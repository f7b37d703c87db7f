namespace Translator.Corpus.Toy;

/// <summary>
/// Says a meaning in Chinese, in simplified characters, each of which is a token. Chinese leaves open much that English must say.
/// Here it is always said, in one of the ways that Chinese has for it, so that no sentence has two translations:
/// <list type="bullet">
/// <item>The is 那 with a measure word, a is 一 with one, this is 这; in the plural, and of what is not counted, 些 stands for the
/// measure word. What is owned is one unless 那些 or a numeral says otherwise: 我的猫, 我的那些猫. After a negation a is not said,
/// and any is 任何.</item>
/// <item>The present has no mark, the future has 会. The past of a doing has 了, 没 where it is denied, 从没 with 过 for never, and
/// 是 with 的 where its place or time is asked for. The past of a state or a habit has 当时, at that time, unless another word of
/// time tells it.</item>
/// <item>Not is 不 (没 of 有), never 从不 and, with an auxiliary, 永远不; no longer is 不再. The success of seeing and finding is
/// denied within the verb: 看不见.</item>
/// <item>Time stands first or after the subject, frequency, companions and places before the verb, manner after it with 得.</item>
/// <item>A quality is joined by 很, very by 非常, a colour by 是 with 的.</item>
/// </list>
/// Links are as <see cref="Concepts"/> says, character by character. Besides: a measure word links as what it stands with, 那些 of
/// what is owned to the noun; where English has a word that Chinese does not say, it links to what bears it (is to the adjective, at to
/// 到达, that to the verb of saying); 吗 links to the auxiliary that English puts first, a comma as the conjunction after it.
/// </summary>
public sealed class ChineseRealiser : IRealiser
{
    public IReadOnlyList<Token> Realise(Sentence sentence)
    {
        var phrase = new Phrase();
        switch (sentence)
        {
            case Clause clause: new ChineseClause(phrase, clause, "").Add(); break;
            case Compound compound: AddCompound(phrase, compound); break;
            case Identification identification: AddIdentification(phrase, identification); break;
            case Existence existence: AddExistence(phrase, existence); break;
        }
        if (sentence is Clause { IsQuestion: true, QuestionWord: null, AsksForSubject: false } or Existence { IsQuestion: true })
            phrase.AddCharacters("吗", Concepts.Question);
        phrase.AddCharacters(sentence is Clause { IsQuestion: true } or Existence { IsQuestion: true } ? "？" : "。", Concepts.End);
        return phrase.Tokens;
    }

    private static void AddCompound(Phrase phrase, Compound compound)
    {
        var conjunction = ChineseWords.Of(compound.Conjunction);
        new ChineseClause(phrase, compound.First, Concepts.First("")).Add(conjunction.Length == 0 ? [Concepts.Conjunction] : []);
        phrase.AddCharacters(conjunction, Concepts.Conjunction);
        new ChineseClause(phrase, compound.Second, Concepts.Second("")).Add();
    }

    private static void AddIdentification(Phrase phrase, Identification identification)
    {
        phrase.AddCharacters(identification.NounPhrase.Number == Number.Plural ? "这些" : "这", Concepts.Subject);
        if (identification.IsNegated) phrase.AddCharacters("不", Concepts.Negation);
        phrase.AddCharacters("是", Concepts.Verb, Concepts.Tense);
        ChineseParticipants.Add(phrase, identification.NounPhrase, Concepts.Object);
    }

    /// <summary>The place comes first: 那座花园里有一只猫.</summary>
    private static void AddExistence(Phrase phrase, Existence existence)
    {
        var (preposition, place) = existence.Adjunct;
        ChineseParticipants.Add(phrase, place, Concepts.Adjunct);
        phrase.AddCharacters(ChineseWords.Side(preposition, place), Concepts.Preposition(Concepts.Adjunct));
        if (existence.IsNegated) phrase.AddCharacters("没", Concepts.Determiner(Concepts.Object));
        phrase.AddCharacters("有", Concepts.Subject, Concepts.Verb, Concepts.Tense);
        // 没 is all that is said of one that is not there.
        var isNone = existence.IsNegated && !ChineseParticipants.IsMany(existence.NounPhrase);
        var what = isNone ? existence.NounPhrase with { Determiner = Determiner.None } : existence.NounPhrase;
        ChineseParticipants.Add(phrase, what, Concepts.Object, existence.IsNegated);
    }
}
