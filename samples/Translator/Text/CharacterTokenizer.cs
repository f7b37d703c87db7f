namespace Translator.Text;

/// <summary>A token is a character: for Chinese and Japanese, which put no spaces between words.</summary>
/// <remarks>A space between words, where there is one, is the token ▁. A character is a Unicode scalar value.</remarks>
public sealed class CharacterTokenizer : ITokenizer
{
    private static readonly string Space = VisibleSpace.Mark.ToString();

    /// <inheritdoc/>
    public string[] Split(string text)
    {
        var tokens = new List<string>(text.Length);
        foreach (var word in WhitespaceTokenizer.Split(text))
        {
            if (tokens.Count > 0)
                tokens.Add(Space);
            foreach (var rune in word.EnumerateRunes())
                tokens.Add(rune.ToString());
        }
        return [.. tokens];
    }

    /// <inheritdoc/>
    public string Join(IEnumerable<string> tokens) => VisibleSpace.Join(tokens);

    /// <summary>Each character is a word of its own.</summary>
    public int[] Words(IReadOnlyList<string> tokens)
    {
        var count = 0;
        return [.. tokens.Select(token => token == Space ? -1 : count++)];
    }
}
