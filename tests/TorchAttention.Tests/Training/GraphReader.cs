using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchAttention.Tests.Training;

/// <summary>Graph attention on the examples as one graph: each is a star, with edges from its keys to its query.</summary>
internal sealed class GraphReader : Learner
{
    private const long Dim = 5;

    private readonly GraphAttention attention;
    private readonly Embedding key;
    private readonly Embedding query;
    private readonly long symbols;

    internal GraphReader(Exercise exercise, GraphScore score)
        : base(nameof(GraphReader), exercise)
    {
        symbols = exercise.Symbols;
        attention = new GraphAttention(Dim + symbols, symbols, heads: 3, average: true, score);
        key = nn.Embedding(exercise.Symbols, Dim, device: CPU);
        query = nn.Embedding(exercise.Questions, Dim, device: CPU);
        RegisterComponents();
    }

    /// <summary>A key tells its value in its node; a query has none.</summary>
    internal override Tensor Answer(Examples examples)
    {
        var keys = cat([key.call(examples.Key), OneHot(examples.Value, symbols)], -1); // (count, s, size of a node)
        var values = zeros([.. examples.Query.shape, symbols], dtype: keys.dtype, device: CPU);
        var queries = cat([query.call(examples.Query), values], -1);                   // (count, l, size of a node)
        var (count, s, l) = (keys.size(0), keys.size(1), queries.size(1));

        var index = Numbers.Range(0, count * (s + l), ScalarType.Int64, CPU).reshape(count, s + l);
        var sources = index.narrow(1, 0, s).unsqueeze(1).expand(count, l, s).flatten();
        var targets = index.narrow(1, s, l).unsqueeze(2).expand(count, l, s).flatten();
        var context = attention.call(cat([keys, queries], 1).flatten(0, 1), stack([sources, targets]));
        return Certain(context.reshape(count, s + l, symbols).narrow(1, s, l));
    }
}
