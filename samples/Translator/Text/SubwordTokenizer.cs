using System.Text;
using Microsoft.ML.Tokenizers;

namespace Translator.Text;

/// <summary>A token is a piece of a word that byte-pair merges make: frequent words are whole, rare ones in parts.</summary>
/// <remarks>A character that no merge knows is a token of its own, so that whoever decodes may copy it.</remarks>
public sealed class SubwordTokenizer : ITokenizer
{
    private readonly HashSet<Rune> _characters;
    private readonly BpeTokenizer? _encoder;

    /// <summary>A tokenizer that applies merges in the order given.</summary>
    public SubwordTokenizer(IReadOnlyList<Merge> merges)
    {
        ArgumentNullException.ThrowIfNull(merges);
        Merges = merges;
        _characters = [.. merges.SelectMany(merge => merge.Piece.EnumerateRunes())];
        // The package's encoder needs at least one piece.
        if (merges.Count == 0)
            return;
        var pieces = _characters.Select(rune => rune.ToString()).Concat(merges.Select(merge => merge.Piece)).Distinct(StringComparer.Ordinal);
        _encoder = BpeTokenizer.Create(new BpeOptions(pieces.Select((piece, id) => KeyValuePair.Create(piece, id)))
        {
            Merges = [.. merges.Select(merge => $"{merge.Left} {merge.Right}")],
        });
    }

    /// <summary>The merges, in the order in which they apply.</summary>
    public IReadOnlyList<Merge> Merges { get; }

    /// <inheritdoc/>
    public string[] Split(string text) => [.. TextRuns.Split(text).SelectMany(Pieces)];

    /// <inheritdoc/>
    public string Join(IEnumerable<string> tokens) => VisibleSpace.Join(tokens);

    /// <inheritdoc/>
    public int[] Words(IReadOnlyList<string> tokens)
    {
        var word = -1;
        // What a model writes may lack the mark of its first word.
        return [.. tokens.Select(token => word = token[0] == VisibleSpace.Mark ? word + 1 : Math.Max(word, 0))];
    }

    private IEnumerable<string> Pieces(string run)
    {
        var start = 0;
        for (var at = 0; at < run.Length;)
        {
            var rune = Rune.GetRuneAt(run, at);
            if (!_characters.Contains(rune))
            {
                foreach (var piece in Encode(run[start..at]))
                    yield return piece;
                yield return rune.ToString();
                start = at + rune.Utf16SequenceLength;
            }
            at += rune.Utf16SequenceLength;
        }
        foreach (var piece in Encode(run[start..]))
            yield return piece;
    }

    private IEnumerable<string> Encode(string known) => known.Length == 0
        ? []
        : _encoder!.EncodeToTokens(known, out _, considerPreTokenization: false, considerNormalization: false).Select(token => token.Value);
}
