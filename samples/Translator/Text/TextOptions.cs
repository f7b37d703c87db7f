namespace Translator.Text;

/// <summary>What a token is.</summary>
public enum Tokenization
{
    /// <summary>What stands between whitespace.</summary>
    Word,

    /// <summary>A character.</summary>
    Character,

    /// <summary>A piece of a word, learnt from the text.</summary>
    Subword,
}

/// <summary>How the text of one language becomes tokens; stored with its vocabulary.</summary>
/// <param name="Tokenization">What a token is.</param>
/// <param name="LowerCase">Whether letters lose their case.</param>
/// <param name="Nfkc">Whether what means the same is made the same, by Unicode's normal form KC.</param>
public sealed record TextOptions(Tokenization Tokenization = Tokenization.Word, bool LowerCase = false, bool Nfkc = false)
{
    /// <summary>
    /// The length of a sentence before anything is learnt: characters for characters, and for subwords the words, numbers and
    /// runs of signs that they will be pieces of.
    /// </summary>
    public int Length(string sentence) => Tokenization switch
    {
        Tokenization.Character => WhitespaceTokenizer.Split(sentence).Sum(word => word.EnumerateRunes().Count()),
        Tokenization.Subword => TextRuns.Count(sentence),
        _ => WhitespaceTokenizer.Split(sentence).Length,
    };
}
