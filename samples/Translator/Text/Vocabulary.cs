using Translator.Corpus;

namespace Translator.Text;

/// <summary>Gives every known word an id: the special tokens first, then words from the most to the least frequent.</summary>
/// <remarks>
/// A word of the text that is spelled as a special token is unknown, not special: nobody can end a sentence by writing
/// <c>&lt;/s&gt;</c> in it. Words of one count stand in ordinal order, so that one corpus makes one vocabulary everywhere.
/// </remarks>
public sealed class Vocabulary
{
    private readonly string[] _tokens;
    private readonly Dictionary<string, long> _ids = new(StringComparer.Ordinal);

    private Vocabulary(IEnumerable<string> words)
    {
        _tokens = [.. SpecialTokens.All, .. words];
        for (var id = SpecialTokens.All.Count; id < _tokens.Length; id++)
            _ids.Add(_tokens[id], id);
    }

    /// <summary>How many ids there are, the special ones among them.</summary>
    public int Count => _tokens.Length;

    /// <summary>The tokens in the order of their ids.</summary>
    public IReadOnlyList<string> Tokens => _tokens;

    /// <summary>Counts the words of tokenised sentences and keeps the most frequent.</summary>
    /// <param name="sentences">Each sentence as its words.</param>
    /// <param name="minCount">Rarer words are left out.</param>
    /// <param name="maxSize">The largest <see cref="Count"/>, the special tokens among them.</param>
    /// <exception cref="ArgumentException">A word is empty, holds whitespace, or is not well-formed text.</exception>
    public static Vocabulary Build(
        IEnumerable<IReadOnlyList<string>> sentences, int minCount = 1, int maxSize = int.MaxValue)
    {
        ArgumentNullException.ThrowIfNull(sentences);
        ArgumentOutOfRangeException.ThrowIfLessThan(minCount, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxSize, SpecialTokens.All.Count);
        var words = sentences.SelectMany(sentence => sentence)
            .Where(word => !SpecialTokens.Contains(word))
            .CountBy(word => word, StringComparer.Ordinal)
            .Where(word => word.Value >= minCount)
            .OrderByDescending(word => word.Value)
            .ThenBy(word => word.Key, StringComparer.Ordinal)
            .Take(maxSize - SpecialTokens.All.Count)
            .Select(word => word.Key)
            .ToList();
        if (words.FirstOrDefault(word => VocabularyFile.Fault(word) is not null) is { } bad)
            throw new ArgumentException($"'{bad}' cannot be a token: {VocabularyFile.Fault(bad)}", nameof(sentences));
        return new Vocabulary(words);
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <exception cref="InputException">The file is not a vocabulary; the message names the line.</exception>
    public static Vocabulary Load(string path) => new(VocabularyFile.Read(path));

    /// <summary>Writes the tokens as UTF-8, one a line; the file is whole or unchanged at every moment.</summary>
    public void Save(string path) => VocabularyFile.Write(path, _tokens);

    /// <summary>Whether a word has an id of its own.</summary>
    public bool Contains(string word) => _ids.ContainsKey(word);

    /// <summary>The id of a word, <see cref="SpecialTokens.UnknownId"/> if it has none.</summary>
    public long Id(string word) => _ids.GetValueOrDefault(word, SpecialTokens.UnknownId);

    /// <summary>The ids of a sentence's words; it adds neither a beginning nor an end.</summary>
    public long[] Encode(IReadOnlyList<string> words)
    {
        ArgumentNullException.ThrowIfNull(words);
        return [.. words.Select(Id)];
    }

    /// <summary>The words of a sentence's ids, up to its end; padding and the beginning are left out.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An id is outside the vocabulary.</exception>
    public string[] Decode(IEnumerable<long> ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        return [.. ids.TakeWhile(id => id != SpecialTokens.EndId)
            .Where(id => id is not (SpecialTokens.PadId or SpecialTokens.BeginId))
            .Select(Token)];
    }

    /// <summary>The token of an id.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The id is outside the vocabulary.</exception>
    public string Token(long id) => id >= 0 && id < _tokens.Length
        ? _tokens[id]
        : throw new ArgumentOutOfRangeException(nameof(id), id, $"the vocabulary has {_tokens.Length} ids");
}
