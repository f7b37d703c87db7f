namespace Translator.Text;

/// <summary>Cuts a normalised text into tokens, and puts tokens together again.</summary>
public interface ITokenizer
{
    /// <summary>The tokens of a text; none is empty and none holds whitespace.</summary>
    string[] Split(string text);

    /// <summary>The text of tokens, as people write it: <c>Join(Split(text))</c> is the text, but for the kind and number of spaces.</summary>
    string Join(IEnumerable<string> tokens);

    /// <summary>For each token the number of the word it is part of, from 0, or -1 where it is only a space.</summary>
    int[] Words(IReadOnlyList<string> tokens);
}
