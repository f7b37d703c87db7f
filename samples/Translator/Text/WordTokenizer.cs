namespace Translator.Text;

/// <summary>A token is what stands between whitespace: for text that other tools have cut into words.</summary>
public sealed class WordTokenizer : ITokenizer
{
    /// <inheritdoc/>
    public string[] Split(string text) => WhitespaceTokenizer.Split(text);

    /// <inheritdoc/>
    public string Join(IEnumerable<string> tokens) => WhitespaceTokenizer.Join(tokens);

    /// <inheritdoc/>
    public int[] Words(IReadOnlyList<string> tokens) => [.. Enumerable.Range(0, tokens.Count)];
}
