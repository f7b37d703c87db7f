namespace Translator.Corpus.Toy;

/// <summary>How a Chinese clause tells that it is past, which no form of its verb does.</summary>
internal enum ChineseAspect
{
    /// <summary>It is not past.</summary>
    None,
    /// <summary>A state or a habit, by a word of time: 他当时很高兴.</summary>
    Then,
    /// <summary>By 了: 他走了.</summary>
    Done,
    /// <summary>By 没: 他没走.</summary>
    Undone,
    /// <summary>By 从没 and 过: 他从没走过.</summary>
    NeverDone,
    /// <summary>By 是 and 的, where something known to be past is asked about: 他是什么时候走的.</summary>
    Known,
}

internal static class ChineseAspects
{
    public static ChineseAspect Of(Clause clause) => clause switch
    {
        { Tense: not Tense.Past } => ChineseAspect.None,
        { Polarity: Polarity.Never } => ChineseAspect.NeverDone,
        _ when clause.Verb == Verbs.Be || clause.Verb.IsState || clause.Adverb is { Kind: not AdverbKind.Time } => ChineseAspect.Then,
        { Polarity: Polarity.Not } => ChineseAspect.Undone,
        _ when clause.QuestionWord == FunctionWords.When || AsksForPlace(clause) => ChineseAspect.Known,
        _ => ChineseAspect.Done,
    };

    /// <summary>The word that tells a state's past: none is needed beside yesterday, and beside today it says earlier.</summary>
    public static string PastTime(Clause clause) => (Of(clause), clause.Adverb) switch
    {
        (not ChineseAspect.Then, _) or (_, { Tense: Tense.Past }) => "",
        (_, { Kind: AdverbKind.Time }) => "早些时候",
        _ => "当时",
    };

    /// <summary>Whether a word of its own tells the past, so that the verb need not bear it.</summary>
    public static bool IsSaid(Clause clause) => Of(clause) switch
    {
        ChineseAspect.None => false,
        ChineseAspect.Then => PastTime(clause).Length > 0,
        _ => true,
    };

    /// <summary>Where something is done, which comes before the verb; but 你去哪里.</summary>
    public static bool AsksForPlace(Clause clause) => clause.QuestionWord == FunctionWords.Where && !clause.Verb.NeedsDirection;
}
