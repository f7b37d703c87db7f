namespace Translator.Text;

/// <summary>What is done to a text before it is cut into tokens: the same for training and for use.</summary>
/// <param name="IsNfkc">Whether what means the same is made the same, by Unicode's normal form KC.</param>
/// <param name="IsLowerCase">Whether letters lose their case.</param>
public sealed record TextNormalizer(bool IsNfkc = false, bool IsLowerCase = false)
{
    /// <summary>The normalised text, one space between its words. Normalising it again changes nothing.</summary>
    public string Normalize(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (IsNfkc)
            text = Nfkc.Of(text);
        if (IsLowerCase)
            text = FullLowerCase.Of(text);
        return WhitespaceTokenizer.Join(WhitespaceTokenizer.Split(text));
    }
}
