namespace Translator.Corpus.Toy;

/// <summary>
/// The names of the concepts that tokens express, and so the rules of the gold links: two tokens are
/// linked when they share a concept.
/// <list type="bullet">
/// <item>Nouns, names, adjectives, numerals, adverbs, prepositions, conjunctions and pronouns link to
/// their counterparts; where one side needs several words, all of them link (cherche, looks for).</item>
/// <item>A determiner links to the determiner. The partitive (du, de la) and des link to some; de after
/// a negation links to a, an or any. Contracted au, du, aux, des link to the preposition and the article.</item>
/// <item>A verb expresses two concepts, itself and its tense. A simple form (verra, sees, saw) has both. In
/// a compound form the auxiliary (a, est; do, does, did, will) has the tense, the rest (vu; see) the verb:
/// so "a vu" links whole to "saw", and in "n'a pas vu", "did not see", a links to did and vu to see.</item>
/// <item>A modal links to all words of its counterpart (va, is going to), and the infinitive to the verb.</item>
/// <item>ne links to the same word as pas, jamais or plus: not, never, no longer.</item>
/// <item>est-ce que links to the auxiliary that English puts first, which keeps its tense too. Question
/// words link to each other.</item>
/// <item>An object or recipient clitic links to its pronoun, a recipient's also to the to before it.</item>
/// <item>An owner's de links to 's. The article of the thing owned is unlinked, for English has none there:
/// the one case of an unlinked word.</item>
/// <item>In il y a, il and y link to there; c' and ce link to this or these; in "il n'y a pas de", "there is
/// no", all of n', pas and de link to no.</item>
/// <item>The end marks link to each other.</item>
/// </list>
/// </summary>
internal static class Concepts
{
    public const string Subject = "subject";
    public const string Verb = "verb";
    public const string Tense = "tense";
    public const string Modal = "modal";
    public const string Negation = "negation";
    public const string Question = "question";
    public const string QuestionWord = "question-word";
    public const string Attribute = "attribute";
    public const string Degree = "degree";
    public const string Object = "object";
    public const string Recipient = "recipient";
    public const string Adjunct = "adjunct";
    public const string Adverb = "adverb";
    public const string Conjunction = "conjunction";
    public const string End = "end";

    public static string Of(string path, string part) => path.Length == 0 ? part : path + "." + part;

    public static string Determiner(string path) => Of(path, "determiner");

    public static string Numeral(string path) => Of(path, "numeral");

    public static string Adjective(string path, int index) => Of(path, "adjective" + index);

    public static string Noun(string path) => Of(path, "noun");

    public static string Preposition(string path) => Of(path, "preposition");

    public static string Owner(string path) => Of(path, "owner");

    public static string First(string path) => Of(path, "first");

    public static string Second(string path) => Of(path, "second");
}
