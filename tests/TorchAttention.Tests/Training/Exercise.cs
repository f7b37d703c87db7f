using TorchAttention.Tests.Support;
using TorchSharp;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Training;

/// <summary>
/// A task for attention whose solution is known: for each query the answer is the value of one key, and the exercise says which.
/// All are symbols 0 … <see cref="Symbols"/> - 1 but the queries of the ordering tasks, which are places 0 … <see cref="Keys"/> - 1.
/// </summary>
internal sealed record Exercise(string Name, int Symbols, int Keys, Func<Data, Example> One)
{
    /// <summary>How many different queries there are.</summary>
    internal int Questions => Math.Max(Symbols, Keys);

    /// <summary>The value of the first key that equals the query; others that equal it come after.</summary>
    internal static Exercise FirstMatch(int symbols = 7, int keys = 11, int queries = 5) => new("first match", symbols, keys, data =>
    {
        var (key, value) = (data.Integers(symbols, keys), data.Integers(symbols, keys));
        var query = Enumerable.Range(0, queries).Select(_ => data.Pick(key)).ToArray();
        return new(query, key, value, [.. query.Select(symbol => value[Array.IndexOf(key, symbol)])]);
    });

    /// <summary>The value of the one key that is marked, 1 among 0; the query says nothing.</summary>
    internal static Exercise Needle(int symbols = 7, int keys = 41) => new("needle", symbols, keys, data =>
    {
        var (key, value) = (new long[keys], data.Integers(symbols, keys));
        var marked = data.Next(keys);
        key[marked] = 1;
        return new([0], key, value, [value[marked]]);
    });

    /// <summary>At every place the symbol that stands <paramref name="shift"/> places before it; at the first ones their own.</summary>
    internal static Exercise Copy(int symbols = 7, int keys = 11, int shift = 0) =>
        Ordering("copy", symbols, keys, value => [.. value.Select((own, i) => i < shift ? own : value[i - shift])]);

    /// <summary>The symbols from the last to the first.</summary>
    internal static Exercise Reverse(int symbols = 7, int keys = 11) => Ordering("reverse", symbols, keys, value => [.. value.Reverse()]);

    /// <summary>The symbols in order. No single attention can do that: it takes layers.</summary>
    internal static Exercise Sort(int symbols = 7, int keys = 11) => Ordering("sort", symbols, keys, value => [.. value.Order()]);

    /// <summary>Fresh examples as tensors, each Int64: queries and answers (count, l), keys and values (count, s).</summary>
    internal Examples Draw(Data data, int count)
    {
        var examples = Enumerable.Range(0, count).Select(_ => One(data)).ToArray();
        return new(Stack(example => example.Query), Stack(example => example.Key), Stack(example => example.Value), Stack(example => example.Answer));

        Tensor Stack(Func<Example, long[]> part) =>
            tensor(examples.SelectMany(part).ToArray(), [count, part(examples[0]).Length], dtype: ScalarType.Int64, device: CPU);
    }

    public override string ToString() => Name;

    /// <summary>Query i asks for the symbol at place i of the values in another order; keys and values are the symbols.</summary>
    private static Exercise Ordering(string name, int symbols, int keys, Func<long[], long[]> order) => new(name, symbols, keys, data =>
    {
        var value = data.Integers(symbols, keys);
        return new([.. Enumerable.Range(0, keys).Select(place => (long)place)], value, value, order(value));
    });
}

/// <summary>One example of an exercise.</summary>
internal sealed record Example(long[] Query, long[] Key, long[] Value, long[] Answer);

/// <summary>Many examples, as tensors.</summary>
internal sealed record Examples(Tensor Query, Tensor Key, Tensor Value, Tensor Answer);
