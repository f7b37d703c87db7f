namespace Translator.Text;

/// <summary>Two neighbouring pieces of a word that become one.</summary>
/// <param name="Left">The first piece.</param>
/// <param name="Right">The second piece.</param>
public readonly record struct Merge(string Left, string Right)
{
    /// <summary>What they become.</summary>
    public string Piece => Left + Right;
}
