namespace Translator.Corpus.Toy;

/// <summary>A clause as Chinese says it: when, who, whether or not, then what its predicate tells.</summary>
internal sealed class ChineseClause(Phrase phrase, Clause clause, string path)
{
    private readonly ChineseAspect aspect = ChineseAspects.Of(clause);
    private readonly ChinesePredicate predicate = new(phrase, clause, path);

    /// <param name="alsoExpresses">What the verb expresses besides.</param>
    public void Add(params string[] alsoExpresses)
    {
        if (clause.AdverbFirst) AddAdverb();
        ChineseParticipants.Add(phrase, clause.Subject, Concepts.Of(path, Concepts.Subject));
        if (clause.Adverb?.Kind == AdverbKind.Time && !clause.AdverbFirst) AddAdverb();
        Say(ChineseAspects.PastTime(clause), Concepts.Tense);
        if (aspect == ChineseAspect.Known) Say("是", Concepts.Tense);
        AddQuestionWord();
        if (predicate.HasAuxiliary) AddAuxiliary();
        else AddPolarity();
        if (clause.Adverb?.Kind == AdverbKind.Frequency) AddAdverb();
        predicate.Add(alsoExpresses);
        if (aspect == ChineseAspect.Known) Say("的", Concepts.Tense);
    }

    private void AddQuestionWord()
    {
        if (clause.QuestionWord == FunctionWords.When) Say("什么时候", Concepts.QuestionWord);
        else if (clause.QuestionWord == FunctionWords.Why) Say("为什么", Concepts.QuestionWord);
    }

    private void AddAuxiliary()
    {
        var modal = clause.Modal is null ? new ChineseModal("会", "会") : ChineseWords.Of(clause.Modal);
        var isDenied = clause.Polarity != Polarity.Affirmative;
        if (isDenied) Say(clause.Polarity == Polarity.Never ? "永远不" : "不", Concepts.Negation);
        Say(isDenied ? modal.Denied : modal.Text, clause.Modal is null ? [Concepts.Tense] : [Concepts.Modal, Concepts.Tense]);
        if (clause.Polarity == Polarity.NoLonger) Say("再", Concepts.Negation);
    }

    private void AddPolarity()
    {
        var no = aspect == ChineseAspect.NeverDone || clause.Verb.French == "avoir" ? "没" : "不";
        if (clause.Polarity == Polarity.Never) Say(predicate.IsDeniedWithin ? "从来" : "从" + no, Concepts.Negation);
        else if (clause.Polarity == Polarity.NoLonger) Say(predicate.IsDeniedWithin ? "再也" : "不再", Concepts.Negation);
        else if (aspect == ChineseAspect.Undone) Say("没", Concepts.Negation, Concepts.Tense);
        else if (clause.Polarity == Polarity.Not && !predicate.IsDeniedWithin) Say(no, Concepts.Negation);
    }

    private void AddAdverb() => Say(ChineseWords.Of(clause.Adverb!), Concepts.Adverb);

    private void Say(string text, params string[] parts) =>
        phrase.AddCharacters(text, [.. parts.Select(part => Concepts.Of(path, part))]);
}
