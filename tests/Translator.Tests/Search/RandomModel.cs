using Translator.Search;
using static TorchSharp.torch;

namespace Translator.Tests.Search;

/// <summary>
/// A model without a network: for every sentence and every beginning of its translation, random probabilities of what follows.
/// </summary>
/// <param name="Seed">Decides the probabilities.</param>
/// <param name="Words">How many words there are, the marks among them.</param>
internal sealed record RandomModel(int Seed, int Words)
{
    public const long Begin = 0;
    public const long End = 1;

    /// <summary>The states that were handed out.</summary>
    public List<Remembered> States { get; } = [];

    /// <summary>How many rows each step had.</summary>
    public List<int> Widths { get; } = [];

    public SearchModel<Remembered> Model => new(Step, Select, Begin, End, CPU);

    public Remembered Start(params int[] sentences) => Hand([.. sentences.Select(sentence => (sentence, (long[])[]))]);

    /// <summary>The log-probabilities of what follows; the begin mark never does.</summary>
    public float[] Next(int sentence, IEnumerable<long> words)
    {
        var random = new Random(words.Aggregate((Seed * 1009) + sentence, (hash, word) => unchecked((hash * 31) + (int)word + 7)));
        var weights = Enumerable.Range(0, Words).Select(word => word == Begin ? 0 : Math.Exp(3 * random.NextDouble())).ToArray();
        return [.. weights.Select(weight => (float)Math.Log(weight / weights.Sum()))];
    }

    private (Tensor, Tensor, Remembered) Step(Tensor last, Remembered state)
    {
        using (state)
        {
            var told = last.data<long>().ToArray();
            if (told.Length != state.Rows.Length) throw new InvalidOperationException($"{told.Length} words for {state.Rows.Length} rows");
            Widths.Add(told.Length);
            var next = state.Rows.Select((row, i) => (row.Sentence, Words: told[i] == Begin ? row.Words : [.. row.Words, told[i]])).ToArray();
            var probabilities = next.SelectMany(row => Next(row.Sentence, row.Words)).ToArray();
            var weights = next.SelectMany((row, i) => (float[])[row.Sentence, row.Words.Length, told[i]]).ToArray();
            return (tensor(probabilities, next.Length, Words), tensor(weights, next.Length, 3), Hand(next));
        }
    }

    private Remembered Select(Remembered state, Tensor rows)
    {
        using (state)
            return Hand([.. rows.data<long>().ToArray().Select(row => state.Rows[row])]);
    }

    private Remembered Hand((int Sentence, long[] Words)[] rows)
    {
        States.Add(new Remembered(rows));
        return States[^1];
    }

    /// <summary>Which sentence each row is of, and what was written for it.</summary>
    internal sealed class Remembered((int Sentence, long[] Words)[] rows) : IDisposable
    {
        public (int Sentence, long[] Words)[] Rows => IsDisposed ? throw new ObjectDisposedException(nameof(Remembered)) : rows;

        public bool IsDisposed { get; private set; }

        public void Dispose() => IsDisposed = true;
    }
}
