namespace Translator.Corpus.Toy;

/// <summary>What a Chinese clause says of its subject: a quality, a place, or a doing with whom, where, to what and how.</summary>
internal sealed class ChinesePredicate
{
    private readonly Phrase phrase;
    private readonly Clause clause;
    private readonly string path;
    private readonly ChineseAspect aspect;
    private readonly string[] verbConcepts;

    public ChinesePredicate(Phrase phrase, Clause clause, string path)
    {
        (this.phrase, this.clause, this.path) = (phrase, clause, path);
        aspect = ChineseAspects.Of(clause);
        HasAuxiliary = clause.Modal is not null || clause.Tense == Tense.Future;
        verbConcepts = HasAuxiliary || ChineseAspects.IsSaid(clause) ? [Concepts.Verb] : [Concepts.Verb, Concepts.Tense];
        IsDeniedWithin = clause.Polarity != Polarity.Affirmative && !HasAuxiliary && (IsManner || IsWithoutSuccess);
    }

    /// <summary>A word before the verb bears tense or modality and takes the negation: 会, 想.</summary>
    public bool HasAuxiliary { get; }

    /// <summary>The negation stands within the predicate: 他看不见, 他睡得不好.</summary>
    public bool IsDeniedWithin { get; }

    private bool IsManner => clause.Adverb?.Kind is AdverbKind.ShortManner or AdverbKind.LongManner;

    /// <summary>他看不见, but 他没看见 and 他不经常看见.</summary>
    private bool IsWithoutSuccess =>
        Verb.Kind == ChineseVerbKind.Resultative && aspect == ChineseAspect.None && clause.Adverb?.Kind != AdverbKind.Frequency;

    private ChineseVerb Verb => ChineseWords.Of(clause.Verb, clause.Object);

    /// <param name="alsoExpresses">What the verb expresses besides.</param>
    public void Add(string[] alsoExpresses)
    {
        if (clause.Attribute is { IsColour: true } colour) AddColour(colour);
        else if (clause.Attribute is { } attribute) AddAttribute(attribute);
        else if (clause.Verb == Verbs.Be) AddLocation();
        else AddDoing(alsoExpresses);
    }

    private void AddColour(Adjective colour)
    {
        Say("是", verbConcepts);
        Say(ChineseWords.Of(colour, clause.Subject).Text + "色的", Concepts.Attribute);
    }

    /// <summary>很高兴, 非常高兴; 不高兴, 不是非常高兴.</summary>
    private void AddAttribute(Adjective attribute)
    {
        var isDenied = clause.Polarity != Polarity.Affirmative;
        var isJoined = clause.IsVery ? clause.Polarity == Polarity.Not && !HasAuxiliary : !isDenied;
        if (isJoined) Say(clause.IsVery ? "是" : "很", verbConcepts);
        string[] unsaid = isJoined ? [] : verbConcepts;
        if (clause.IsVery) Say("非常", [Concepts.Degree, .. unsaid]);
        Say(ChineseWords.Of(attribute, clause.Subject).Text, [Concepts.Attribute, .. clause.IsVery ? [] : unsaid]);
        if (aspect == ChineseAspect.NeverDone) Say("过", Concepts.Tense);
    }

    private void AddLocation()
    {
        Say(Verb.First, verbConcepts);
        if (clause.Adjunct is not { } adjunct) Say("哪里", Concepts.QuestionWord);
        else AddPlace(adjunct);
    }

    private void AddDoing(string[] alsoExpresses)
    {
        if (clause.Adjunct is { } adjunct) AddAdjunct(adjunct);
        if (ChineseAspects.AsksForPlace(clause)) Say("在哪里", Concepts.QuestionWord);
        if (clause.Recipient is not null && !GivesDirectly) AddRecipient(clause.Verb.Frame == Frame.Speaking ? "对" : "给");
        AddVerb(alsoExpresses);
        if (GivesDirectly) AddRecipient("");
        AddObject();
        if (clause.Adjunct is { } direction && IsGoal(direction)) ChineseParticipants.Add(phrase, direction.Participant, Of(Concepts.Adjunct));
        if (IsManner) AddManner();
    }

    /// <summary>给他一本书, but 给他看一本书.</summary>
    private bool GivesDirectly => clause.Verb.French == "donner";

    /// <summary>What the verb takes like an object: 去市场, 到达车站.</summary>
    private static bool IsGoal(Adjunct adjunct) => adjunct.Preposition == Prepositions.To || adjunct.Preposition == Prepositions.At;

    private void AddAdjunct(Adjunct adjunct)
    {
        var (path, preposition) = (Of(Concepts.Adjunct), Concepts.Preposition(Concepts.Adjunct));
        if (IsGoal(adjunct)) return;
        if (adjunct.Preposition == Prepositions.With)
        {
            Say("跟", preposition);
            ChineseParticipants.Add(phrase, adjunct.Participant, path);
            Say("一起", preposition);
        }
        else if (adjunct.Preposition == Prepositions.From)
        {
            Say("从", preposition);
            ChineseParticipants.Add(phrase, adjunct.Participant, path);
        }
        else
        {
            Say("在", preposition);
            AddPlace(adjunct);
        }
    }

    private void AddPlace(Adjunct adjunct)
    {
        ChineseParticipants.Add(phrase, adjunct.Participant, Of(Concepts.Adjunct));
        Say(ChineseWords.Side(adjunct.Preposition, adjunct.Participant), Concepts.Preposition(Concepts.Adjunct));
    }

    private void AddRecipient(string preposition)
    {
        Say(preposition, Concepts.Preposition(Concepts.Recipient));
        ChineseParticipants.Add(phrase, clause.Recipient!, Of(Concepts.Recipient));
    }

    private void AddVerb(string[] alsoExpresses)
    {
        var verb = Verb;
        string[] concepts = [.. verbConcepts.Select(Of), .. OwnPrepositions().Select(Of), .. alsoExpresses];
        phrase.AddCharacters(verb.First, concepts);
        if (IsDeniedWithin && !IsManner) Say("不", Concepts.Negation);
        // Manner follows the verb at once, so that an object of its own gives way.
        if (verb.Kind == ChineseVerbKind.Parting && aspect == ChineseAspect.NeverDone) Say("过", Concepts.Tense);
        if (verb.Kind != ChineseVerbKind.Parting || !IsManner) phrase.AddCharacters(verb.Second, concepts);
        if (verb.Kind != ChineseVerbKind.Parting && aspect == ChineseAspect.NeverDone) Say("过", Concepts.Tense);
        if (aspect == ChineseAspect.Done) Say("了", Concepts.Tense);
    }

    /// <summary>Those of English that the verb itself expresses: at of 到达, to of 去 and 给.</summary>
    private IEnumerable<string> OwnPrepositions()
    {
        if (clause.Adjunct is { } adjunct && IsGoal(adjunct)) yield return Concepts.Preposition(Concepts.Adjunct);
        if (GivesDirectly) yield return Concepts.Preposition(Concepts.Recipient);
    }

    private void AddObject()
    {
        if (clause.Object is { } what)
            ChineseParticipants.Add(phrase, what, Of(Concepts.Object), clause.Polarity != Polarity.Affirmative);
        else if (clause.QuestionWord == FunctionWords.What) Say("什么", Concepts.QuestionWord);
        else if (clause.QuestionWord == FunctionWords.Whom) Say("谁", Concepts.QuestionWord);
        else if (clause.QuestionWord == FunctionWords.Where && clause.Verb.NeedsDirection) Say("哪里", Concepts.QuestionWord);
    }

    /// <summary>睡得很好, 睡得不好, 会睡得很好.</summary>
    private void AddManner()
    {
        Say("得", Concepts.Adverb);
        if (IsDeniedWithin) Say("不", Concepts.Negation);
        else Say("很", Concepts.Adverb);
        Say(ChineseWords.Of(clause.Adverb!), Concepts.Adverb);
    }

    private string Of(string part) => Concepts.Of(path, part);

    private void Say(string text, params string[] parts) => phrase.AddCharacters(text, [.. parts.Select(Of)]);
}
