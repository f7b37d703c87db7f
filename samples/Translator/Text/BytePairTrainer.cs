namespace Translator.Text;

/// <summary>
/// Learns byte-pair merges from a text: starting from characters, again and again the most frequent pair of neighbours
/// becomes one piece (Sennrich, Haddow and Birch, 2016).
/// </summary>
/// <remarks>
/// <para>
/// Pairs are counted once; a merge then changes only the counts of the words it touches, found by an index, and the greatest
/// count comes from a priority queue in which stale entries are put right when they come up. Of equal counts the pair that
/// comes first in ordinal order is taken, so that one text makes one list of merges everywhere.
/// </para>
/// <para>
/// A word is always cut as an encoder would cut it: after a merge the pairs that it made are looked up among the earlier
/// merges too, which matters where one piece can be made in two ways.
/// </para>
/// </remarks>
public sealed class BytePairTrainer
{
    /// <summary>A pair that occurs once tells nothing.</summary>
    private const long FewestOccurrences = 2;

    private readonly List<Word> _words;
    private readonly List<string> _pieces = [];
    private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);
    private readonly Dictionary<(int, int), long> _counts = [];
    private readonly Dictionary<(int, int), List<Word>> _holders = [];
    private readonly Dictionary<(int, int), int> _ranks = [];
    private readonly List<Merge> _merges = [];
    private readonly PriorityQueue<(int, int), Priority> _queue = new();

    private BytePairTrainer(IEnumerable<string> sentences)
    {
        // Sorted, so that pieces get the same ids whatever the order of the text.
        _words = [.. sentences.SelectMany(TextRuns.Split).CountBy(run => run, StringComparer.Ordinal)
            .OrderBy(run => run.Key, StringComparer.Ordinal)
            .Select(run => new Word(run.Key, [.. run.Key.EnumerateRunes().Select(rune => Id(rune.ToString()))], run.Value))];
    }

    /// <summary>What was learnt, in the order in which an encoder applies it.</summary>
    public IReadOnlyList<Merge> Merges => _merges;

    /// <summary>Every run of the text and how the merges cut it.</summary>
    internal IEnumerable<KeyValuePair<string, string[]>> Words =>
        _words.Select(word => KeyValuePair.Create<string, string[]>(word.Text, [.. word.Pieces.Select(id => _pieces[id])]));

    /// <summary>Learns up to <paramref name="merges"/> merges, fewer if no pair is left that occurs twice.</summary>
    /// <exception cref="OperationCanceledException">It was stopped; there are no merges then.</exception>
    public static BytePairTrainer Train(IEnumerable<string> sentences, int merges, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(sentences);
        ArgumentOutOfRangeException.ThrowIfNegative(merges);
        var trainer = new BytePairTrainer(sentences);
        foreach (var word in trainer._words)
            trainer.Count(word, +1);
        trainer.Queue(trainer._counts.Keys);
        while (trainer._merges.Count < merges && trainer.MostFrequent() is { } pair)
        {
            cancellation.ThrowIfCancellationRequested();
            trainer.Apply(pair);
        }
        return trainer;
    }

    private (int, int)? MostFrequent()
    {
        while (_queue.TryDequeue(out var pair, out var priority))
        {
            var count = _counts.GetValueOrDefault(pair);
            if (count == priority.Count && count >= FewestOccurrences)
                return pair;
            if (count < priority.Count)
                Queue([pair]);
        }
        return null;
    }

    private void Apply((int Left, int Right) pair)
    {
        var merge = new Merge(_pieces[pair.Left], _pieces[pair.Right]);
        _ranks.Add(pair, _merges.Count);
        _merges.Add(merge);
        Id(merge.Piece);
        var changed = new HashSet<(int, int)>();
        _holders.Remove(pair, out var holders);
        foreach (var word in holders!)
        {
            if (!word.Holds(pair))
                continue;
            Count(word, -1);
            Cut(word);
            changed.UnionWith(Count(word, +1));
        }
        Queue(changed);
    }

    /// <summary>Merges what the list of merges says: the earliest merge first, and of its places the leftmost.</summary>
    private void Cut(Word word)
    {
        while (true)
        {
            var (best, at) = (int.MaxValue, -1);
            for (var i = 1; i < word.Pieces.Count; i++)
                if (_ranks.TryGetValue((word.Pieces[i - 1], word.Pieces[i]), out var rank) && rank < best)
                    (best, at) = (rank, i - 1);
            if (at < 0)
                return;
            word.Pieces[at] = _ids[_merges[best].Piece];
            word.Pieces.RemoveAt(at + 1);
        }
    }

    /// <summary>Adds a word's pairs to the counts or takes them away, and returns them.</summary>
    private IEnumerable<(int, int)> Count(Word word, int sign)
    {
        for (var i = 1; i < word.Pieces.Count; i++)
        {
            var pair = (word.Pieces[i - 1], word.Pieces[i]);
            System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(_counts, pair, out _) += sign * word.Count;
            if (sign < 0)
                continue;
            if (!_holders.TryGetValue(pair, out var holders))
                _holders.Add(pair, holders = []);
            if (holders.Count == 0 || !ReferenceEquals(holders[^1], word))
                holders.Add(word);
        }
        return word.Pieces.Zip(word.Pieces.Skip(1));
    }

    private void Queue(IEnumerable<(int Left, int Right)> pairs)
    {
        foreach (var pair in pairs)
            if (_counts[pair] >= FewestOccurrences)
                _queue.Enqueue(pair, new Priority(_counts[pair], _pieces[pair.Left], _pieces[pair.Right]));
    }

    private int Id(string piece)
    {
        if (!_ids.TryGetValue(piece, out var id))
        {
            _ids.Add(piece, id = _pieces.Count);
            _pieces.Add(piece);
        }
        return id;
    }

    /// <summary>A run of the text: its pieces so far, and how often it occurs.</summary>
    private sealed record Word(string Text, List<int> Pieces, long Count)
    {
        public bool Holds((int Left, int Right) pair)
        {
            for (var i = 1; i < Pieces.Count; i++)
                if (Pieces[i - 1] == pair.Left && Pieces[i] == pair.Right)
                    return true;
            return false;
        }
    }

    private readonly record struct Priority(long Count, string Left, string Right) : IComparable<Priority>
    {
        public int CompareTo(Priority other)
        {
            if (Count != other.Count)
                return other.Count.CompareTo(Count);
            var left = string.CompareOrdinal(Left, other.Left);
            return left != 0 ? left : string.CompareOrdinal(Right, other.Right);
        }
    }
}
